"""Many recipients, in one insert."""

from registry.identifiers import organisation_urn
from registry.models import ContactPoint, Party


def companies(count: int) -> list[Party]:
    numbers = [f"{920_000_000 + n}" for n in range(count)]
    return Party.objects.bulk_create(
        Party(
            kind="organization",
            org_number=number,
            urn=organisation_urn(number),
            display_name="TEST AS",
        )
        for number in numbers
    )


def companies_with_addresses(count: int) -> list[str]:
    """Each with an e-mail address and a mobile number; their numbers, as a request names them."""
    parties = companies(count)
    ContactPoint.objects.bulk_create(
        ContactPoint(
            party=party, email=f"post@{party.org_number}.example", mobile=f"+47{400_00_000 + place:08}"
        )
        for place, party in enumerate(parties)
    )
    return [f"0192:{party.org_number}" for party in parties]
