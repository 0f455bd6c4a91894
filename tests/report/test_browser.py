"""The page in a real Chromium: it works, it is whole without style and script, and nothing gets out or in."""

from __future__ import annotations

import http.server
import io
import shlex
import threading

import pytest
from pypdf import PdfReader

from snapdiff.report import render

pytestmark = pytest.mark.browser

JENKINS = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self'"


class Opened:
    """A page in a context of its own, with all that it said and asked for."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.console, self.dialogs, self.requests = [], [], []
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture
def opened(browser, tmp_path, page_of):
    """Open a page from disk, as one opens what was attached to a ticket."""
    contexts = []

    def open_page(it, **options):
        path = tmp_path / "report.html"
        path.write_text(page_of(it), encoding="utf-8")
        made = Opened(browser, **options)
        contexts.append(made.context)
        made.page.goto(path.as_uri())
        return made

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def served():
    """Serve one page on this machine as Jenkins does: with a policy that blocks all style and script."""
    pages = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Security-Policy", JENKINS)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages["html"].encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield pages, f"http://127.0.0.1:{server.server_port}/report.html"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "name", ["leaking", "clean", "hostile", "comparison", "hostile_comparison", "course", "hostile_course"]
)
def test_a_page_opens_without_a_word_on_the_console_and_asks_for_nothing(build, opened, request, name):
    it = opened(request.getfixturevalue(name) if "course" in name else getattr(build, name)())
    assert 0 == it.page.locator("img, iframe, [onerror], [onload], svg script, svg a, svg image").count()
    it.page.wait_for_timeout(100)  # an image that fails to load says so after the page did
    assert [] == it.console
    assert [] == it.dialogs
    assert 1 == len(it.requests)


def test_a_page_opens_without_a_network(build, opened):
    it = opened(build.leaking(), offline=True)
    assert "Leak:" in it.page.locator("h1").inner_text()
    assert 1 == len(it.requests)


def test_a_hostile_name_is_text_in_the_real_document(build, opened):
    page = opened(build.hostile()).page
    assert 0 == page.locator("img, iframe, [onerror], [onload], svg script, svg a, svg image").count()
    assert "</script><img src=x onerror=alert(1)>" in page.locator("#types tbody th").first.inner_text()
    assert 2 == page.locator("script").count()


def test_with_style_and_script_blocked_the_page_is_complete(build, browser, served):
    pages, address = served
    pages["html"] = render(build.leaking(), "html")
    it = Opened(browser)
    it.page.goto(address)
    page = it.page
    assert "Leak: `Cart.by_id` gains 1 `Item` per call" in page.locator("h1").inner_text()
    assert "Times" in page.evaluate("getComputedStyle(document.body).fontFamily")  # the style is really off
    assert 0 == page.locator("th button").count()  # and so is the script
    for section in ("Evidence", "Causes", "What is not a leak", "Resident memory", "Types", "Lines"):
        assert page.locator("h2", has_text=section).is_visible()
    for picture in ("growth", "path1", "memory"):
        box = page.locator(f"svg[aria-labelledby^='{picture}-']").bounding_box()
        assert box["width"] > 150
        assert box["height"] > 30
    stroke = page.locator("svg .curve.stroke").first.evaluate("each => getComputedStyle(each).stroke")
    assert "none" != stroke
    assert not page.locator(".filter").is_visible()
    assert not page.locator("dialog").is_visible()
    it.context.close()


def test_a_comparison_and_a_trend_are_complete_without_style_and_script(build, browser, course, page_of, served):
    pages, address = served
    for it, headings in (
        (build.comparison(), ["Causes", "Types", "Lines", "Recordings"]),
        (course, ["Causes", "Objects and memory", "Runs", "Method"]),
    ):
        pages["html"] = page_of(it)
        with Opened(browser).context as context:
            page = context.pages[0]
            page.goto(address)
            assert "Times" in page.evaluate("getComputedStyle(document.body).fontFamily")
            assert headings == page.locator("main h2:visible").all_text_contents()
            assert it.sentence == page.locator("h1").text_content()
            assert 0 == page.locator("button:visible, input:visible, dialog:visible").count()


def test_types_sort_by_number_and_say_so(build, opened):
    page = opened(build.leaking()).page
    heading = page.locator("#types th", has_text="size per call")
    heading.locator("button").click()
    assert "descending" == heading.get_attribute("aria-sort")
    heading.locator("button").press("Enter")
    assert "ascending" == heading.get_attribute("aria-sort")
    values = page.locator("#types tbody tr").evaluate_all("rows => rows.map(r => Number(r.cells[6].dataset.value))")
    assert sorted(values) == values


def test_the_keys_filter_walk_and_help(build, opened):
    page = opened(build.leaking()).page
    page.keyboard.press("/")
    page.keyboard.type("cart")
    assert 1 == page.locator("#types tbody tr:visible").count()
    assert "3 rows" == page.locator(".filter [role=status]").inner_text()
    page.keyboard.press("Escape")
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("j")
    assert "evidence" == page.evaluate("document.activeElement.id")
    page.keyboard.press("k")
    assert "verdict" == page.evaluate("document.activeElement.id")
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()


def test_the_help_names_no_key_for_a_filter_that_is_not_there(build, opened):
    keys = [opened(it).page.locator("dialog kbd").all_text_contents() for it in (build.clean(), build.leaking())]
    assert [["j", "k", "Esc", "?"], ["j", "k", "/", "Esc", "?"]] == keys


def test_a_narrow_screen_does_not_scroll_sideways(build, hostile_course, opened):
    for it in (build.leaking(), build.hostile(), build.comparison(), build.hostile_comparison(), hostile_course):
        page = opened(it, viewport={"width": 390, "height": 844}).page
        assert 390 == page.evaluate("document.documentElement.scrollWidth")


def test_on_paper_nothing_is_wider_than_the_sheet(build, opened):
    page = opened(build.leaking(), viewport={"width": 718, "height": 1000}).page  # A4 less the margins of a browser
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert 718 == page.evaluate("document.documentElement.scrollWidth")


def test_on_a_narrow_screen_the_labels_of_a_graph_keep_their_size(build, opened):
    heights = {
        opened(build.leaking(), viewport={"width": width, "height": 844})
        .page.locator("svg[aria-labelledby^='path1-'] text.label")
        .first.evaluate("each => Math.round(each.getBoundingClientRect().height)")
        for width in (390, 1280)
    }
    assert 1 == len(heights)


CONTRAST = """() => {
  const channel = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const parse = s => s.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const ground = e => { for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } };
  const low = new Set();
  for (const d of document.querySelectorAll('details')) d.open = true;
  for (const e of document.querySelectorAll('body *:not(script):not(svg *)')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) low.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
  }
  for (const e of document.querySelectorAll('svg text')) {
    const box = e.closest('.node')?.querySelector('.box');
    const under = box ? parse(getComputedStyle(box).fill) : ground(e.closest('figure'));
    const [a, b] = [light(parse(getComputedStyle(e).fill)), light(under)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) low.add(`${e.textContent} ${ratio.toFixed(2)}`);
  }
  return [...low];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["leaking", "comparison"])
def test_every_text_stands_out_from_its_ground(build, opened, name, scheme):
    page = opened(getattr(build, name)(), color_scheme=scheme).page
    assert [] == page.evaluate(CONTRAST)


def test_types_of_a_comparison_sort_and_filter_too(build, opened):
    page = opened(build.comparison()).page
    heading = page.locator("#types th", has_text="per call after")
    heading.locator("button").click()
    assert "descending" == heading.get_attribute("aria-sort")
    values = page.locator("#types tbody tr").evaluate_all("rows => rows.map(r => Number(r.cells[3].dataset.value))")
    assert sorted(values, reverse=True) == values
    page.keyboard.press("/")
    page.keyboard.type("cart")
    assert 1 == page.locator("#types tbody tr:visible").count()


def test_what_people_paste_can_be_copied(build, opened):
    it = opened(build.leaking(), permissions=["clipboard-read", "clipboard-write"])
    copied = {}
    for name in ("Copy this sentence", "Copy the chain", "Copy the command", "Copy the line"):
        button = it.page.get_by_role("button", name=name).first
        button.click()
        it.page.locator(".copy", has=button).get_by_text("Copied.").wait_for()
        copied[name] = it.page.evaluate("navigator.clipboard.readText()")
    assert build.leaking().sentence == copied["Copy this sentence"]
    assert copied["Copy the chain"].startswith("module app\n╰→ ")
    assert shlex.join(build.leaking().method.command) == copied["Copy the command"]
    assert "leak:3f9c1a7be204  # reason" == copied["Copy the line"]
    assert [] == it.console


def test_where_the_clipboard_is_kept_back_the_text_is_selected(build, opened):
    page = opened(build.leaking()).page
    page.evaluate("document.execCommand = () => false")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy this sentence").click()
    page.get_by_text("Selected: copy it with the keyboard.").wait_for()
    assert build.leaking().sentence == page.evaluate("getSelection().toString().trim()").replace("\u200b", "")


@pytest.mark.parametrize("name", ["leaking", "clean", "comparison"])
def test_without_scripts_there_is_nothing_to_press(build, opened, name):
    page = opened(getattr(build, name)(), java_script_enabled=False).page
    assert 0 == page.get_by_role("button").count()
    assert 0 == page.get_by_role("searchbox").count()


def test_pictures_follow_the_theme(build, opened):
    inks = {
        opened(build.leaking(), color_scheme=scheme)
        .page.locator("svg .curve.stroke")
        .first.evaluate("each => getComputedStyle(each).stroke")
        for scheme in ("light", "dark")
    }
    assert 2 == len(inks)


def test_no_text_in_a_picture_is_lost_to_the_style(build, opened):
    page = opened(build.leaking()).page
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    sizes = page.locator("svg text").evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
    assert len(sizes) > 40
    assert min(sizes) > 8


def test_a_printed_page_has_everything_unfolded(build, opened):
    page = opened(build.leaking()).page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert 0 == page.locator("details:not([open])").count()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


@pytest.mark.parametrize("scripts", [True, False])
def test_a_pdf_has_what_is_folded_on_the_screen(build, opened, scripts):
    page = opened(build.leaking(), java_script_enabled=scripts, color_scheme="dark").page
    folded = page.locator("details:not([open])")
    assert folded.filter(has_text="The control left 0 objects.").count() > 0
    assert folded.filter(has_text="Counters as they were, after the collection").count() > 0
    sheets = PdfReader(io.BytesIO(page.pdf())).pages
    assert len(sheets) > 2
    text = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
    for expected in (
        "Leak: Cart.by_id gains 1 Item per call",
        "The control left 0 objects.",
        "Counters as they were, after the collection",
    ):
        assert expected in text
    assert "Copy this sentence" not in text
