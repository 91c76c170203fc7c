"""Selectors of rules: what they select, and which are refused."""

from typing import Any

import pytest
from lxml.etree import HTMLParser, fromstring

from cleaner.extract.prune import Selectors
from cleaner.model import Rule
from cleaner.selector import SelectError, selectors

PAGE = """<div id="a" class="x y"><form action="https://pay.example/go"><b>1</b></form><p class="x">2</p></div>
<article id="b"><article id="c"><a href="/">3</a></article><article id="d"><p>4</p></article></article>
<a name="comments" id="e">5</a><div id="f" data-kind="related-box">6</div><p id="g">7</p>"""


def selected(css: str) -> set[str]:
    tree: Any = fromstring(PAGE, HTMLParser())
    rule = Rule("kind/name", "", ("x",), (), select=css)
    return {element.get("id") or element.tag for _, element in Selectors([rule]).selected(tree)}


@pytest.mark.parametrize(
    ("css", "found"),
    [
        (".x", {"a", "p"}),
        (".y.x", {"a"}),
        ("#f, #g", {"f", "g"}),
        ("[data-kind^=related], [data-kind$=x]", {"f"}),
        ("[data-kind|=related]", {"f"}),
        ("[data-kind=related]", set()),
        ('form[action*="pay.example"]', {"form"}),
        ('div:has(> form[action*="pay.example"])', {"a"}),
        (".x:has(b)", {"a"}),
        (".x:not(div)", {"p"}),
        ("div > .x", {"p"}),
        ("form + .x", {"p"}),
        ("article article:not(:has(p))", {"c"}),
        ("article:is(#b, #c)", {"b", "c"}),
        ('a[name="comments"] ~ *', {"f", "g"}),
    ],
)
def test_a_selector_selects(css: str, found: set[str]) -> None:
    assert selected(css) == found


@pytest.mark.parametrize(
    "css", ["", "[", "a:hover", "a:first-child", ".x ~ .y", "a:has(b) c", "a::before", ".x:has(", "a,,[", "a{"]
)
def test_what_is_not_known_is_refused(css: str) -> None:
    with pytest.raises(SelectError):
        selectors(css)


def test_a_comma_in_a_value_does_not_part_a_selector() -> None:
    assert len(selectors('[title="a, b"], :is(i, b)')) == 2
