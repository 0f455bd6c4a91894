"""Tests that are marked: some leak, some are clean and use what pytest keeps for a test, one cannot be repeated."""

import logging
import os
import unittest
import warnings
from unittest import mock

import pytest

kept = []
log = logging.getLogger(__name__)
pytestmark = pytest.mark.snapdiff(rounds=(1, 3, 20))


class Service:
    def __init__(self):
        self.sessions = []

    def handle(self):
        self.sessions.append({"at": len(self.sessions)})


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def client():
    return mock.Mock()


@pytest.fixture
def entered(monkeypatch):
    monkeypatch.setenv("ENTERED", "yes")


def test_keeps_in_its_fixture(service):
    service.handle()


@pytest.mark.snapdiff(rounds=(1, 3, 20), fixtures="fresh")
def test_keeps_in_a_fixture_of_each_call(service, tmp_path):
    service.handle()
    (tmp_path / "once").mkdir()
    assert len(list(tmp_path.parent.glob("test_keeps_in_a_fixture_of_each*"))) < 5


def test_uses_all_that_pytest_keeps(caplog, recwarn, capsys, monkeypatch, entered, record_property):  # noqa: PLR0917
    log.warning("number %s", object())
    assert len(caplog.records) == 1
    assert caplog.text.count("number") == 1
    warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert len(recwarn) == 1
    print("out")
    assert capsys.readouterr().out == "out\n"
    print("unread" * 100)
    assert os.environ["ENTERED"] == "yes"
    assert "CALLED" not in os.environ
    monkeypatch.setenv("CALLED", "yes")
    monkeypatch.setattr(os, "sep", "|")
    monkeypatch.syspath_prepend("/nowhere")
    record_property("seen", "one")


def test_warns_and_prints():
    warnings.warn("older", DeprecationWarning, stacklevel=1)
    print("spoken once")


def test_calls_a_mock(client):
    client.send(object())


def test_makes_a_folder(tmp_path):
    (tmp_path / "once").mkdir()


def test_fails_by_itself():
    assert kept == "something else"


def test_skips_itself():
    pytest.skip("not today")


@pytest.mark.xfail(reason="known")
def test_is_expected_to_fail():
    raise ValueError


class TestCase(unittest.TestCase):
    def setUp(self):
        self.things = [1]

    def test_in_parts(self):
        for part in range(2):
            with self.subTest(part=part):
                assert part < 2

    @pytest.mark.snapdiff(rounds=(1, 3, 20), allow="2 objects/call, 1 KB/call")
    def test_keeps(self):
        assert self.things == [1]
        self.things.append(2)
        kept.append(bytearray(60))
