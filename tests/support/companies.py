"""Many recipients with an e-mail address and a mobile number each."""

from registry.models import ContactPoint, Party


def companies_with_addresses(count: int) -> list[str]:
    """Their numbers, as a request names them."""
    numbers = [f"{920_000_000 + n}" for n in range(count)]
    parties = Party.objects.bulk_create(
        Party(
            kind="organization",
            org_number=number,
            urn=f"urn:altinn:organization:identifier-no:{number}",
            display_name="TEST AS",
        )
        for number in numbers
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(
            party=party, email=f"post@{party.org_number}.example", mobile=f"+47{400_00_000 + place:08}"
        )
        for place, party in enumerate(parties)
    )
    return [f"0192:{number}" for number in numbers]
