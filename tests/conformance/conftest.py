"""Checks live outside test files: pytest explains their assertions too."""

import pytest

pytest.register_assert_rewrite("tests.conformance.chapters")
