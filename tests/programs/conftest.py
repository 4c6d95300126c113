"""Real programs: found on the machine, skipped by name where absent, required where VEILLE_REQUIRE names them."""

import os
import shutil
from pathlib import Path

import pytest

from tests.shared import required


def _find(name: str, *places: str) -> str:
    found = shutil.which(name) or next((place for place in places if Path(place).exists()), None)
    if found:
        return found
    if required(name):
        pytest.fail(f"{name} is required and absent: run `make test-full`")
    pytest.skip(f"{name} is not on this machine")


@pytest.fixture(scope="session")
def chromium() -> str:
    return _find("chromium")


@pytest.fixture(scope="session")
def smtp_sink() -> str:
    return _find("smtp-sink", "/usr/sbin/smtp-sink")


@pytest.fixture(scope="session")
def dovecot_program() -> str:
    return _find("dovecot", "/usr/sbin/dovecot")


@pytest.fixture(scope="session")
def node() -> str:
    """Node with the packages of `tests/programs/node`."""
    program = _find("node")
    if not (Path(__file__).parent / "node" / "node_modules" / "caniemail").exists():
        if required("node"):
            pytest.fail("the packages of tests/programs/node are not installed: run `make test-full`")
        pytest.skip("the packages of tests/programs/node are not installed (npm ci)")
    return program


@pytest.fixture(scope="session")
def postfix_program() -> str:
    """Postfix itself; its master process runs as root only."""
    program = _find("postfix", "/usr/sbin/postfix")
    if os.getuid() != 0:
        if required("postfix"):
            pytest.fail("postfix is required and we are not root: run `make test-full` as root")
        pytest.skip("postfix is started by root only")
    return program
