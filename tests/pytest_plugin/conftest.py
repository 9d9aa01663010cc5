"""A project for each test. What is imported here is not imported anew by every inner run."""

from __future__ import annotations

import pytest
import torch._dynamo  # noqa: F401 - of torch, which takes it twice in a process for a mistake
from pytest_plugin.projects import PRODUCT, SUM, Project

from harness.engines import reference  # noqa: F401
from harness.pytest_plugin import session, snapshots  # noqa: F401
from harness.showing import report  # noqa: F401


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    """Two cases in a folder, and no snapshots."""
    project = Project(pytester)
    project.write("cases/basics/product.yaml", PRODUCT)
    project.write("cases/basics/total.yaml", SUM)
    return project
