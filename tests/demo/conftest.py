import pytest

from veille.demo.report import DemoReport
from veille.demo.runner import run_demo
from veille.observability import QuietProgress


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> DemoReport:
    """One run of the whole demonstration, shared by every check."""
    return run_demo(tmp_path_factory.mktemp("demo") / "instance", QuietProgress())
