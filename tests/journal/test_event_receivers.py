"""Events go only where they may: public addresses, or networks that the installation names."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from journal.transports import webhook
from journal.transports.receivers import ReceiverRefused, check_endpoint, resolve
from journal.transports.webhook import ReceiverSilent, post
from tests.support.events import receiver


@pytest.fixture
def names(monkeypatch):
    """A resolver with these names only; the look-ups that it answered."""
    known, asked = {}, []
    real = socket.getaddrinfo

    def look_up(host, *args, **kwargs):
        asked.append(host)
        addresses = known.get(host, [host])
        return [found for address in addresses for found in real(address, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known, asked


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[ff02::1]"),
        *("[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]", "[2001:0:7f00:1::]"),
        *("localhost", "0x7f.1", "2130706433", "127.1", "017700000001"),
    ],
)
def test_private_addresses_are_refused_however_they_are_written(settings, host):
    settings.EVENT_RECEIVER_NETWORKS = []

    with pytest.raises(ReceiverRefused, match="private"):
        resolve(f"https://{host}/hook")


@pytest.mark.parametrize("host", ["93.184.215.14", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]"])
def test_public_addresses_are_allowed(settings, host):
    settings.EVENT_RECEIVER_NETWORKS = []

    assert resolve(f"https://{host}/hook?a=1").target == "/hook?a=1"


def test_allowed_network_is_allowed_and_its_neighbours_are_not(settings):
    settings.EVENT_RECEIVER_NETWORKS = [ip_network("10.1.0.0/16")]

    assert resolve("http://10.1.2.3:8080/").port == 8080
    with pytest.raises(ReceiverRefused):
        resolve("http://10.2.0.1/")


def test_name_with_one_private_address_among_public_ones_is_refused(settings, names):
    settings.EVENT_RECEIVER_NETWORKS = []
    names[0]["receiver.example.no"] = ["93.184.215.14", "10.0.0.1"]

    with pytest.raises(ReceiverRefused):
        resolve("https://receiver.example.no/")


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://receiver.example.no/",
            "receiver.example.no",
            "https://",
            "https:///hook",
            "//receiver/hook",
        ),
        *("https://user:pass@receiver.example.no/", "https://receiver.example.no/#part", "https://[::1/"),
        *(
            "https://receiver.example.no:99999/",
            "https://receiver.example.no/a b",
            "https://mottaker.blåbær.no/",
        ),
        *("https://receiver.example.no/\r\nX: y", "javascript:alert(1)", "file:///etc/passwd"),
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(ReceiverRefused):
        check_endpoint(url)


def test_production_demands_https(settings):
    check_endpoint("http://receiver.example.no/")
    settings.IS_PRODUCTION = True

    with pytest.raises(ReceiverRefused, match="https"):
        check_endpoint("http://receiver.example.no/")


def test_name_is_resolved_once_and_the_checked_address_is_called(names):
    known, asked = names
    with receiver() as hook:
        known["receiver.example.no"] = ["127.0.0.1"]
        url = hook.url.replace("127.0.0.1", "receiver.example.no")

        assert post(url, body=b"{}", headers={}) == 200

    assert asked.count("receiver.example.no") == 1
    assert hook.headers[0]["host"] == url.split("/")[2]


def test_address_that_nobody_listens_at_is_followed_by_the_next(names):
    with receiver() as hook:
        names[0]["receiver.example.no"] = ["127.0.0.2", "127.0.0.1"]

        assert post(hook.url.replace("127.0.0.1", "receiver.example.no"), body=b"{}", headers={}) == 200


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (socket.EAI_NONAME, "Its name is unknown."),
        (socket.EAI_AGAIN, "Its name could not be looked up just now."),
    ],
)
def test_name_that_cannot_be_resolved_is_told_in_words(monkeypatch, code, said):
    def look_up(*_args, **_kwargs):
        raise socket.gaierror(code, "as the resolver says it")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    assert silence("https://nobody.invalid/") == said


def test_address_that_nobody_listens_at_refuses_the_connection():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert silence(f"http://127.0.0.1:{port}/") == "The connection was refused."


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_connection_that_ends_without_an_answer_is_told_in_words(scheme):
    with raw_server(hang_up) as port:
        assert silence(f"{scheme}://127.0.0.1:{port}/") == "The connection was closed without an answer."


@contextmanager
def raw_server(serve):
    """Hands each connection to `serve`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept():
            try:
                while True:
                    serve(listening.accept()[0])
            except OSError:
                return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def silence(url):
    """How a call without an answer is told."""
    with pytest.raises(ReceiverSilent) as silent:
        post(url, body=b"{}", headers={})
    return str(silent.value)


def hang_up(connection):
    with connection:
        connection.recv(1024)


def drip(connection):
    """A byte now and then, each of which a socket's own time-out takes for life."""
    with connection:
        connection.recv(1024)
        for byte in b"HTTP/1.1 200 OK\r\n" * 10:
            connection.sendall(bytes([byte]))
            time.sleep(0.2)


def never_end(connection):
    with connection:
        connection.recv(1024)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000)


def talk_nonsense(connection):
    with connection:
        connection.recv(1024)
        connection.sendall(b"220 mail.example.no ESMTP\r\n")


@pytest.mark.parametrize(
    ("serve", "reason"), [(drip, "too long"), (never_end, "HTTPException"), (talk_nonsense, "BadStatusLine")]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_receiver_that_speaks_no_http_or_takes_for_ever_costs_a_second(settings, serve, reason, scheme):
    settings.EVENT_TIMEOUT_SECONDS = 1
    begun = time.monotonic()

    with (
        raw_server(serve) as port,
        pytest.raises(ReceiverSilent, match=reason if scheme == "http" else "answer|long"),
    ):
        post(f"{scheme}://127.0.0.1:{port}/", body=b"{}", headers={})

    assert time.monotonic() - begun < 5


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Of `receiver.example.no`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver.example.no")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("receiver.example.no")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def secure_port(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(connection):
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                request = secure.recv(4096)
                while not request.endswith(b"{}"):  # what is closed unread takes the answer with it
                    request += secure.recv(4096)
                secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        except ssl.SSLError:
            connection.close()

    with raw_server(serve) as port:
        yield port


def test_certificate_is_that_of_the_name_though_an_address_is_called(
    names, secure_port, certificate, monkeypatch
):
    names[0].update({"receiver.example.no": ["127.0.0.1"], "other.example.no": ["127.0.0.1"]})
    said = silence(f"https://receiver.example.no:{secure_port}/")
    assert said == "Its certificate is not valid for it: self-signed certificate."
    monkeypatch.setattr(webhook, "_certificates", lambda: ssl.create_default_context(cafile=certificate))

    assert post(f"https://receiver.example.no:{secure_port}/", body=b"{}", headers={}) == 204
    said = silence(f"https://other.example.no:{secure_port}/")
    assert said.startswith("Its certificate is not valid for it: Hostname mismatch")
    assert said.endswith("'other.example.no'.")
