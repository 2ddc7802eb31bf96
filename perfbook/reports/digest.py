"""The HTML digest: one file that needs nothing else, for a mail, a browser, a phone, a printer.

Text from returns is escaped, and the page's own policy lets no script run but the one that sorts tables.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from perfbook.errors import WorkspaceError
from perfbook.reports import svg
from perfbook.reports.changes import Since
from perfbook.reports.story import Story
from perfbook.workbook.text import clean_text


def build_digest(story: Story, since: Since, template: bytes, *, name: str = "digest.html") -> bytes:
    """The digest as the bytes of an .html file, UTF-8.

    The template sees `report`, `since`, `chart(plot)` and `legend(plot)`, and `script` with its `script_hash`. `name`
    is that of the template, for messages. Raises WorkspaceError where it cannot be filled.
    """
    script = Path(__file__).with_name("digest.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    environment = SandboxedEnvironment(
        autoescape=True, finalize=_as_text, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        chart=svg.drawn, legend=svg.legend, script=Markup(script), script_hash=Markup(f"sha256-{digest}")
    )
    remedy = "Put it right, or move the file away for the usual template."
    try:
        page = environment.from_string(template.decode("utf-8-sig")).render(report=story, since=since)
    except UnicodeDecodeError as error:
        raise WorkspaceError(f"{name} is not plain text. Save it as UTF-8. {remedy}") from error
    except TemplateError as error:
        number = getattr(error, "lineno", None)
        line = f" (line {number})" if number else ""
        said = str(error.message or error).strip().rstrip(".")
        raise WorkspaceError(f"{name} cannot be filled: {said}{line}. {remedy}") from error
    return page.encode("utf-8")


def _as_text(value: Any) -> Any:
    return clean_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
