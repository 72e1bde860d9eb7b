"""The OCDS releases of one planned package and of one tender, from its announcement to the
contract; ``procurement`` says how many there are.
"""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from demo.city import ZONE

PREFIX, SCHEME, SUPPLIERS = "ocds-0jambi", "ID-DEMO-ORG", 120
Release = dict[str, Any]
BUYERS = (
    ("dpupr", "Dinas PUPR Kota Jambi"),
    ("disdik", "Dinas Pendidikan Kota Jambi"),
    ("dinkes", "Dinas Kesehatan Kota Jambi"),
    ("dlh", "Dinas Lingkungan Hidup Kota Jambi"),
    ("dishub", "Dinas Perhubungan Kota Jambi"),
)
METHODS = (
    ("direct", "Pengadaan Langsung"),
    ("direct", "E-Purchasing"),
    ("limited", "Penunjukan Langsung"),
    ("open", "Tender"),
)
ACCOUNTS = {"goods": "5.2.02.05.001", "works": "5.2.03.01.001", "services": "5.1.02.02.001"}
"""Kind of procurement -> the account its budget lines belong to, in the shape of the national
chart of accounts.
"""
KINDS = tuple(ACCOUNTS)


def _release(ocid: str, tag: str, at: datetime, **parts: Any) -> Release:
    return {
        "ocid": ocid,
        "id": f"{ocid}-{tag}-{at:%Y%m%d}",
        "date": at.isoformat(),
        "tag": [tag],
        "initiationType": "tender",
        "language": "id",
        **parts,
    }


def _at(day: date, dice: Any) -> datetime:
    return datetime.combine(
        day, time(dice.randrange(8, 16), dice.randrange(60), dice.randrange(60)), ZONE
    )


def _organisation(name: str, identifier: str, *roles: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "identifier": {"scheme": SCHEME, "id": identifier, "legalName": name},
        "roles": list(roles),
    }


def _money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "IDR"}


def package(day: date, number: int, dice: Any) -> Release:
    """Return one planned package; it is announced once."""
    (buyer, office), kind = dice.choice(BUYERS), dice.choice(KINDS)
    method, words = dice.choices(METHODS, [55, 35, 6, 4])[0]
    budget = (
        dice.randrange(200, 5000) * 1_000_000
        if method == "open"
        else dice.randrange(5, 200) * 1_000_000
    )
    return _release(
        f"{PREFIX}-rup-{day.year}-{number:05}",
        "planning",
        _at(day, dice),
        buyer={"id": buyer, "name": office},
        planning={
            "budget": {
                "id": f"{ACCOUNTS[kind]}.{number:05}",
                "year": day.year,
                "amount": _money(budget),
                "source": dice.choice(["APBD", "APBD", "DAK"]),
            },
            "rationale": f"Paket sintetis {kind} {number}",
        },
        tender={
            "id": f"rup-{number}",
            "title": f"Paket sintetis {number}",
            "procurementMethod": method,
            "procurementMethodDetails": words,
            "mainProcurementCategory": kind,
            "tenderPeriod": {"startDate": f"{day + timedelta(days=30)}T00:00:00+07:00"},
            "contractPeriod": {
                "startDate": f"{day + timedelta(days=60)}T00:00:00+07:00",
                "endDate": f"{day + timedelta(days=90 + number % 4 * 30)}T00:00:00+07:00",
            },
        },
        parties=[_buyer(office, buyer, dice)],
    )


def tender(day: date, number: int, packages: list[str], dice: Any) -> list[Release]:
    """Return the releases of one tender: called, awarded, signed; sometimes it fails, and
    nothing follows.
    """
    ocid, (buyer, office) = f"{PREFIX}-tender-{day.year}-{number:04}", dice.choice(BUYERS)
    called, value = _at(day, dice), dice.randrange(300, 9000) * 1_000_000
    related = [
        {"id": str(n), "relationship": ["planning"], "scheme": "ocid", "identifier": planned}
        for n, planned in enumerate(packages, start=1)
    ]
    release = partial(_release, ocid, buyer={"id": buyer, "name": office}, relatedProcesses=related)
    bidders = [
        f"BU-{supplier:04}"
        for supplier in dice.sample(range(1, SUPPLIERS + 1), dice.randrange(1, 7))
    ]
    parties = [_buyer(office, buyer, dice)]
    notice = _notice(number, called, value, dice)
    call = release("tender", called, tender=notice, parties=parties)
    decided, signed = (
        called + timedelta(days=days) for days in (dice.randrange(14, 25), dice.randrange(26, 40))
    )
    notice = {**notice, "numberOfTenderers": len(bidders)}
    if dice.random() < 0.1:
        failed = {**notice, "status": "unsuccessful"}
        return [call, release("tenderCancellation", decided, tender=failed, parties=parties)]
    awarded = round(value * dice.uniform(0.8, 0.99))
    award, contract = _agreed(number, bidders[0], awarded, decided, signed)
    parties = [*parties, _winner(bidders[0])]
    complete = {**notice, "status": "complete"}
    return [
        call,
        release("award", decided, tender=complete, awards=[award], parties=parties),
        release("contract", signed, contracts=[contract], parties=parties),
    ]


def _buyer(office: str, buyer: str, dice: Any) -> dict[str, Any]:
    return {
        **_organisation(office, buyer, "buyer"),
        "contactPoint": {"name": f"Pejabat Sintetis {dice.randrange(1, 40)}"},
    }


def _winner(bidder: str) -> dict[str, Any]:
    return {
        **_organisation(f"CV Sintetis {bidder[3:]}", bidder, "supplier", "tenderer"),
        "additionalIdentifiers": [{"scheme": "NPWP", "id": f"02000000000{bidder[3:]}1"}],
    }


def _notice(number: int, called: datetime, value: int, dice: Any) -> dict[str, Any]:
    return {
        "id": f"tender-{number}",
        "title": f"Tender sintetis {number}",
        "status": "active",
        "procurementMethod": "open",
        "mainProcurementCategory": dice.choice(KINDS),
        "value": _money(value),
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": {
            "startDate": called.isoformat(),
            "endDate": (called + timedelta(days=10)).isoformat(),
        },
    }


def _agreed(
    number: int, winner: str, amount: int, decided: datetime, signed: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the award to ``winner`` and the contract that is signed on it."""
    award = {
        "id": f"award-{number}",
        "title": f"Pemenang tender sintetis {number}",
        "status": "active",
        "date": decided.isoformat(),
        "value": _money(amount),
        "suppliers": [{"id": winner, "name": f"CV Sintetis {winner[3:]}"}],
    }
    contract = {
        "id": f"kontrak-{number}",
        "awardID": award["id"],
        "status": "active",
        "dateSigned": signed.isoformat(),
        "value": _money(amount),
    }
    return award, contract
