"""`snapdiff compare` on real recordings: exit codes, formats, names of files; and what report and check gained."""

import json
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.corpus


#: What a call of each version of shop.py does.
VERSIONS = ("keeps", "lets_go", "keeps_two", "dies")


@pytest.fixture(scope="session")
def shop(programs, tmp_path_factory, silent):
    """Recordings of shop.py:serve by version, each in a checkout of its own, and of shop.py:close. Made once."""
    from snapdiff.record import Options, record

    folder = tmp_path_factory.mktemp("shop")
    text = (programs / "shop.py").read_text(encoding="utf-8")
    made = {}

    def run(name, target, version):
        checkout = folder / f"{name} checkout"
        checkout.mkdir()
        (checkout / "shop.py").write_text(text.replace("serve = keeps", f"serve = {version}"), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(checkout)
            options = Options(target=target, output=folder / f"{name}.snapdiff", rounds=(1, 3, 20))
            made[name] = record(options, silent).path

    for name in VERSIONS:
        run(name, "shop.py:serve", name)
    run("other", "shop.py:lets_go", "keeps")
    run("elsewhere", str(folder / "elsewhere checkout" / "shop.py") + ":serve", "lets_go")
    return made


@pytest.fixture
def compare(invoke, shop):
    """Compare two versions, as text unless said otherwise."""

    def run(before, after, *options):
        options = options or ("--format", "text")
        return invoke("compare", shop[before], shop[after], *options)

    return run


# -- what it says -----------------------------------------------------------------------------------------


def test_a_fix_is_verified_and_the_sentence_can_be_pasted(compare):
    done = compare("keeps", "lets_go")
    assert 0 == done.code
    assert (
        "Fixed: `module shop → Cart.by_id` kept 1 `shop.Item` per call, now 0 (1, 3, 20 calls: +1 +3 +20 → 0 0 0)."
    ) == " ".join(done.out.split("\n\n")[0].split())


@pytest.mark.parametrize(
    ("code", "said", "before", "after"),
    [
        (0, "Clean before and after", "lets_go", "lets_go"),
        (0, "Unchanged: `module shop → Cart.by_id` still keeps 1 `shop.Item` per call", "keeps", "keeps"),
        (1, "New leak: `module shop → Cart.by_id` gains 1 `shop.Item` per call", "lets_go", "keeps"),
        (1, "New leak: `module shop → visits` gains 1 `object` per call", "keeps", "keeps_two"),
        (0, "And 1 better.", "keeps_two", "keeps"),
        (3, "Cannot be told: `module shop → Cart.by_id` kept 1 `shop.Item` per call", "keeps", "dies"),
        (3, "Cannot be told: `module shop → visits` kept 1 `object` per call", "dies", "lets_go"),
    ],
)  # fmt: skip
def test_the_exit_code_says_whether_something_got_worse(compare, code, said, before, after):
    done = compare(before, after)
    assert code == done.code
    assert said in " ".join(done.out.split("\n\n")[0].split())


def test_what_another_target_does_not_keep_is_not_fixed(compare):
    done = compare("keeps", "other")
    assert (3, "") == (done.code, done.err)
    assert (
        "Cannot be told: the recordings are of different targets, `shop.py:serve` before and `shop.py:lets_go` after; "
        "what is missing in one is not fixed and what is there is not new. Record the same target before and after "
        "the change, and compare those."
    ) in " ".join(done.out.split())
    assert "Fixed" not in done.out
    found = json.loads(compare("other", "keeps", "--format", "json").out)
    assert ("inconclusive", [], []) == (found["outcome"], found["changes"], found["types"])
    assert found["sentence"] == f"Cannot be told: {found['void']}"
    assert 'errors="1"' in compare("keeps", "other", "--format", "junit", "-o", "-").out


def test_the_same_target_in_another_checkout_is_the_same(compare):
    done = compare("keeps", "elsewhere")
    assert 0 == done.code
    assert done.out.startswith("Fixed: ")
    assert "target" not in done.out


def test_several_recordings_a_side_tell_chance_from_change(invoke, shop):
    sides = ("--before", shop["lets_go"], "--before", shop["lets_go"], "--after", shop["keeps"])
    assert 1 == invoke("compare", *sides, "--after", shop["keeps"], "--format", "text").code
    done = invoke("compare", *sides, "--after", shop["lets_go"], "--format", "text")
    assert 3 == done.code
    assert "found in 1 of 2 runs after" in " ".join(done.out.split())


def test_a_suppressed_finding_is_not_compared(compare, tmp_path):
    accepted = tmp_path / "accepted.txt"
    accepted.write_text("leak:Cart.by_id  # known\n", encoding="utf-8")
    done = compare("keeps", "keeps", "--format", "text", "--suppressions", accepted)
    assert 0 == done.code
    assert "1 suppressed finding not compared" in " ".join(done.out.split())


# -- usage ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), ("a",), ("a", "b", "c"), ("--before", "a"), ("a", "b", "--after", "c")])
def test_a_side_that_is_missing_is_a_usage_error(invoke, arguments):
    done = invoke("compare", *arguments)
    assert (2, "") == (done.code, done.out)
    assert done.told[0].startswith("Give two recordings, BEFORE AFTER, or several of each")


def test_an_unreadable_recording_is_refused_with_one_sentence(invoke, shop, tmp_path):
    (tmp_path / "none.snapdiff").write_bytes(b"not a recording")
    done = invoke("compare", shop["keeps"], tmp_path / "none.snapdiff")
    assert (2, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert "Traceback" not in done.err


# -- formats and files ------------------------------------------------------------------------------------

ENDINGS = {"html": ".html", "markdown": ".md", "junit": ".junit.xml", "sarif": ".sarif"}


@pytest.mark.parametrize("form", ENDINGS)
def test_the_default_name_says_what_was_compared_and_nothing_is_overwritten(compare, shop, form):
    page = shop["lets_go"].with_name(f"keeps-to-lets_go{ENDINGS[form]}")
    page.unlink(missing_ok=True)
    done = compare("keeps", "lets_go", "--format", form)
    assert (0, str(page)) == (done.code, done.out.splitlines()[-1])
    assert done.out.startswith("Fixed: ")
    written = page.read_bytes()
    again = compare("keeps", "lets_go", "--format", form)
    assert (2, "") == (again.code, again.out)
    assert [f"{page} exists. Choose another name with -o, or overwrite it with --force."] == again.told
    page.write_bytes(b"old")
    assert 0 == compare("keeps", "lets_go", "--format", form, "--force").code
    assert written == page.read_bytes()


@pytest.mark.parametrize("form", ["html", "markdown", "json", "text", "junit", "sarif"])
@pytest.mark.parametrize("verb", ["report", "compare"])
def test_every_format_goes_to_standard_output_on_demand(invoke, shop, form, verb):
    files = [shop["keeps"]] if verb == "report" else [shop["keeps"], shop["lets_go"]]
    done = invoke(verb, *files, "--format", form, "-o", "-")
    assert (0, "") == (done.code, done.err)
    if form in ("json", "sarif"):
        assert json.loads(done.out)
    elif form == "junit":
        assert "testsuite" == ElementTree.fromstring(done.out).tag
    else:
        assert "Cart.by_id" in done.out


@pytest.mark.parametrize("form", ENDINGS)
def test_a_report_has_a_default_name_and_is_not_overwritten(invoke, shop, form):
    page = shop["keeps"].with_name(f"keeps{ENDINGS[form]}")
    page.unlink(missing_ok=True)
    done = invoke("report", shop["keeps"], "--format", form)
    assert (0, str(page)) == (done.code, done.out.splitlines()[-1])
    again = invoke("report", shop["keeps"], "--format", form)
    assert (2, [f"{page} exists. Choose another name with -o, or overwrite it with --force."]) == (
        again.code,
        again.told,
    )
    assert 0 == invoke("report", shop["keeps"], "--format", form, "--force").code


def test_redacted_output_names_no_file(invoke, shop):
    for verb, files in (("report", [shop["keeps"]]), ("compare", [shop["keeps"], shop["lets_go"]])):
        for form in ("html", "json", "sarif"):
            done = invoke(verb, *files, "--format", form, "-o", "-", "--redact")
            assert 0 == done.code
            assert "shop.py" not in done.out
            assert "item = Item(name)" not in done.out


# -- in a job of GitHub Actions ---------------------------------------------------------------------------


@pytest.fixture
def job(monkeypatch, tmp_path):
    """Be in a step; return its summary."""
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    return summary


def test_in_a_job_check_annotates_the_line_and_appends_to_the_summary(invoke, shop, job):
    done = invoke("check", shop["keeps"], shop["lets_go"])
    assert 1 == done.code
    (line,) = [line for line in done.out.splitlines() if line.startswith("::")]
    assert line.startswith("::error file=shop.py,line=15,title=Leak ")
    text = job.read_text(encoding="utf-8")
    assert text.startswith("# Before\n### ▲ Leak: `shop.py:serve`\n")
    assert "### ✓ Clean: `shop.py:serve`" in text


def test_outside_of_a_job_check_says_nothing_of_it(invoke, shop, monkeypatch):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert "::error" not in invoke("check", shop["keeps"]).out


def test_a_summary_that_is_full_or_cannot_be_written_does_not_change_the_verdict(invoke, shop, job, monkeypatch):
    job.write_bytes(b"x" * 1024 * 1024)
    done = invoke("check", shop["keeps"])
    assert (1, 1024 * 1024) == (done.code, job.stat().st_size)
    assert "the summary of this step is full; this recording is left out of it." in done.told
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(job / "none"))
    done = invoke("check", shop["keeps"])
    assert 1 == done.code
    assert "cannot be written" in done.err
