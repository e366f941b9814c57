"""Letters as public bodies write them."""

LETTERS = {
    "Markdown": """\
# Vedtak om støtte

Hei **Åse Ærlig**,

Vi viser til *søknaden* din av 1. mars. Se [reglene](https://lovdata.no/lov/1-2 "Loven") og https://www.nav.no/a_b.
Skriv til post@nav.no, eller ring 12 34 56 78.

## Dette må du gjøre

1. Logg inn
2. Fyll ut
   - navn
   - adresse
     - gate
     - nummer
3. Send

- [x] Mottatt
- [ ] Behandlet

| Post | Beløp |
| :--- | ---: |
| Støtte | 1 000 |
| Trekk | ~~200~~ |

> Vedtaket kan påklages
> innen **tre** uker.

```
Kontonummer: <fyll inn>
```

![Kart](https://example.no/kart.png)

Kr. 1.234,- for A & B, 5 < 6, snake_case, #404 og C++. Signatur: ______

***

Med vennlig hilsen\x20\x20
Direktoratet""",
    "Markdown, spelled otherwise": """\
Vedtak
======

* en
* to

    + tre

1) fire
2) fem

__Fet__ og _kursiv_, <https://example.no/?a=1&b=2>, [skjema](/skjema/1).\\
Ny linje

---

~~~sql
select '<b>' from t;
~~~

Post | Beløp
-----|------
A | `x`

[^1]: En note.

Se noten[^1].
""",
    "HTML": """\
<html><head><style>p { color: red }</style></head><body>
<h1>Vedtak</h1>
<p>Hei <strong>Åse</strong>,<br/>
takk for <em>søknaden</em> din.<br><br>Vi har kommet fram til dette:</p>
<!-- Mal 12 -->
<table border="1" style="width:100%">
  <thead><tr><th>Post</th><th align="right">Bel&oslash;p</th></tr></thead>
  <tbody>
    <tr><td>St&oslash;tte</td><td>1&nbsp;000</td></tr>
    <tr><td colspan="2">Sum &amp; slutt</td></tr>
  </tbody>
</table>
<ul>
  <li>En</li>
  <li>To
    <ol><li>Tre</li><li>Fire</li></ol>
  </li>
</ul>
<div>Se <a href="https://example.no/a(b)" target="_blank">siden</a>, <a href="mailto:post@example.no">skriv</a>
eller bruk <a style="display:inline" href="/Pages/Start.aspx?Code=1&amp;Edition=2">skjemaet</a>.</div>
<p><b>Obs!</b> Fristen er <u>1. mars</u>.</p><hr>
<blockquote><p>Sitat</p><p>i to avsnitt</p></blockquote>
<script>alert('hei')</script>
<font color="red">Hilsen</font><br />
<img src="https://example.no/logo.png" alt="Logo">
</body></html>""",
    "HTML within Markdown": """\
# Vedtak

Hei <b>Åse</b>, se **her**:<br>
<a href="https://example.no">Mer</a>

<div>

- punkt **en**
- punkt to

</div>

<p>Rest & slutt</p>
""",
    "plain text": """\
Hei

Saken din er ferdig behandlet. Du kan lese mer på www.example.no/sak.
- punkt en
- punkt to

Vennlig hilsen
Kari Eksempel
Tlf. 12 34 56 78 / kari_e@example.no""",
}
