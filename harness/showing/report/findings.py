"""What was found, as HTML: each mistake with what it costs, how to try it, and where to see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final
from urllib.parse import quote

from harness.judging.missing import next_to_build, why_nothing
from harness.showing import explained
from harness.showing.amounts import amount, explaining
from harness.showing.numbers import points
from harness.showing.phrases import matters, title_of
from harness.showing.report.elements import region
from harness.showing.report.sections import Entry, place_in
from harness.showing.words import capital, say

FEW: Final = 8
"""At most this many cases of a mistake have a link each."""


def section_of(result: Mapping[str, Any], entries: Mapping[str, Entry]) -> Iterator[str]:
    """The section of a page; each mistake has a link to the case that shows it best, at the step
    where it is seen, and to its other cases."""
    title = headline(result)
    yield f'<section aria-labelledby="findings"><h2 id="findings">{title}</h2>\n<ol>\n'
    for number, finding in enumerate(result["findings"], 1):
        more = "" if "marking" in result else _explanation(finding["code"])
        links = _links(number, finding, entries.get(finding["evidence"]))
        yield item(finding, links) + more + "</li>\n"
    yield "</ol>\n"
    yield from remarks(result)
    yield "</section>\n"


def headline(result: Mapping[str, Any]) -> str:
    """What was found, in a line."""
    title = why_nothing(result) or say("nothing-is-wrong")
    if result["findings"]:
        title = say("explain", findings=explaining(result["findings"]))
    return sentence(title)


def item(finding: Mapping[str, Any], place: str) -> str:
    """A mistake, as an item of a list that is still open; ``place`` (HTML) is where it is seen."""
    code = finding["code"]
    about = title_of(finding).removesuffix(code)
    told = about.rstrip(":： ")
    cases = amount(len(finding["cases"]), "case")
    size = say("size-and-place", cases=cases, cost=points(finding["cost"]), place=place)
    hint = finding["hint"]
    return (
        f'<li><h3>{escape(about)}<span class="wrong">{code}</span></h3>\n'
        f"<p>{escape(finding['message'])}</p>\n"
        + _lines(finding.get("place", ""), say("where-raised", about=told))
        + _lines(finding.get("repro", ""), say("lines-to-try", about=told))
        + (f"<p>{sentence(say('hint', hint=hint))}</p>\n" if hint else "")
        + (f"<p>{sentence(when)}{say('stop')}</p>\n" if (when := matters(finding)) else "")
        + f"<p>{size}</p>\n"
    )


def remarks(result: Mapping[str, Any]) -> Iterator[str]:
    """What else should be known of the engine, and what it lacks."""
    for remark in result["remarks"]:
        yield f"<p>{escape(say('remark', message=remark['message']))}</p>\n"
    if lacking := next_to_build(result.get("missing", ())):
        stop = "" if lacking.endswith("…") else say("stop")
        yield f"<p>{sentence(lacking)}{stop}</p>\n"


def sentence(text: str) -> str:
    """The text with a capital at its start, as HTML."""
    return escape(capital(text))


def _links(number: int, finding: Mapping[str, Any], entry: Entry | None) -> str:
    at = 0 if entry is None else place_in(entry, finding["direction"])
    others = [case for case in finding["cases"] if case != finding["evidence"]]
    links = [_link(finding["evidence"], f"/{at}" if at else ""), *map(_link, others[:FEW])]
    if len(others) > FEW:
        told = say("all-of-them", count=len(finding["cases"]))
        links.append(f'<a href="#cases" data-finding-of="{number}">{told}</a>')
    return say("listed").join(links)


def _link(id: str, step: str = "") -> str:
    return f'<a href="#{quote(id)}{step}">{escape(id)}</a>'


def _explanation(code: str) -> str:
    """What a code means, closed at first. No page with marks has it: its example shows rules that
    may still have to be handed in."""
    title = escape(say("explanation", code=code))
    page = explained.page(code)
    content = explained.as_html(page, 4) + region("picture", title, explained.as_picture(page))
    return f"<details><summary>{title}</summary>\n{content}</details>"


def _lines(code: str, label: str) -> str:
    """Lines of code, where there are any."""
    return region("failure", label, escape(code), "pre") + "\n" if code else ""
