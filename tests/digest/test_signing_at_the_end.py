"""A key that was there at the approval and is not, or not as it was, when mails are to leave."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.digest.house import House
from tests.digest.sink import Sink
from veille.digest.mail.dkim import new_key_pem, signer_of
from veille.errors import InputError
from veille.model import DeliveryState, IssueState


def approved(house: House, url: str) -> Path:
    """Approve an issue whose mails are signed, and return where the key lies."""
    key = house.home / "var" / "dkim.pem"
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_bytes(new_key_pem())
    settings = house.settings(url, dkim_key="var/dkim.pem")
    house.desk = replace(house.desk, settings=settings, signer=lambda: signer_of(settings.mail, house.home))
    house.digests.build()
    house.digests.approve(by="Claire")
    return key


def weak() -> bytes:
    private = rsa.generate_private_key(public_exponent=65_537, key_size=1024)
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize(("found", "said"), [(None, "absent"), (weak, "trop faible"), (lambda: b"x", "illisible")])
def test_nothing_leaves_unsigned_and_all_leaves_once_the_key_is_back(house: House, found: object, said: str) -> None:
    with Sink() as sink:
        key = approved(house, sink.url)
        right = key.read_bytes()
        if callable(found):
            key.write_bytes(found())
        else:
            key.unlink()
        with pytest.raises(InputError, match=said):
            house.digests.send()
        (shown,) = house.digests.status()
        assert {one.state for one in shown.deliveries} == {DeliveryState.QUEUED}
        assert sink.taken == []
        key.write_bytes(right)
        assert house.digests.send().state is IssueState.DONE
    assert len(sink.taken) == 2
    assert all(b"DKIM-Signature: " in one.raw for one in sink.taken)
