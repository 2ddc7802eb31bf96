"""A VBA project from source text: the vbaProject.bin that Excel keeps in a workbook with macros.

    modules = with_documents(read_sources(folder("macros")), sheets=("Sheet1", "Sheet2"))
    data = compile_project(modules)
    workbook.add_vba_project(io.BytesIO(data), is_stream=True)
    workbook.set_vba_name("ThisWorkbook")  # and each sheet its code name

Neither Excel nor a binary is needed. Excel compiles the source when it opens the workbook, so a slip in the source
shows there, not here; what can be seen without compiling is refused here, all of it in one `LimitError`.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from perfbook.errors import LimitError
from perfbook.excel.compound import compound_file
from perfbook.excel.ovba import (
    CODE_PAGE,
    NO_CACHE,
    Entry,
    Kind,
    compress,
    dir_stream,
    name_map_stream,
    project_stream,
)

__all__ = ["CHART", "WORKBOOK", "WORKSHEET", "Module", "compile_project", "read_sources", "with_documents"]

WORKBOOK = "0{00020819-0000-0000-C000-000000000046}"
WORKSHEET = "0{00020820-0000-0000-C000-000000000046}"
CHART = "0{00020821-0000-0000-C000-000000000046}"
_CLASS = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"

_NAMESPACE = uuid.UUID("5b0c4d5e-6f0e-5a52-8f0b-6f7c2f1f9f11")  # ours; project identifiers are derived from it
_LONGEST_NAME = 31
_LONGEST_LINE = 1023
_MOST_CONTINUED = 24
_MOST_LINES = 65_534
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_CONTINUED = re.compile(r"[ \t]_[ \t]*$")
_ATTRIBUTE = re.compile(r"(?i)Attribute[ \t]+(VB_\w+)[ \t]*=[ \t]*(.*?)[ \t]*")
_CLASS_HEAD = re.compile(r"(?i)VERSION[ \t]+[\d.]+[ \t]+CLASS[ \t]*")
# Names that VBA keeps for itself, that its libraries have, or that the project's own streams have.
_TAKEN = """
addressof alias and any as attribute base binary boolean byref byte byval call case cbool cbyte ccur cdate cdbl
cdec cint clng clnglng clngptr close const csng cstr currency cvar date debug decimal declare defbool defbyte
defcur defdate defdbl defdec defint deflng defobj defsng defstr defvar dim dir do double each else elseif empty
end endif enum eqv erase error event excel exit explicit false fix for friend function get global gosub goto if
imp implements in input integer is len lenb let lib like line local lock long longlong longptr loop lset me mod
module name new next not nothing null object office on open option optional or output paramarray preserve print
private property public put raiseevent random read redim rem resume return rset seek select set shared single
spc static stdole step stop string sub tab then time to true type typeof unlock until vba variant wend while
width with withevents write xor
"""


@dataclass(frozen=True)
class Module:
    """One module: its name in the project and its source text.

    `kind` is `standard` (a .bas), `class` (a .cls) or `document` (the workbook or one of its sheets). `base` is the
    identifier of what a document is: `WORKBOOK`, `WORKSHEET` or `CHART`; empty otherwise. `file` is where the source
    came from, for messages. Attribute lines that Excel wants and the source lacks are added by `compile_project`.
    """

    name: str
    source: str
    kind: Kind
    base: str = ""
    file: str = ""

    @property
    def where(self) -> str:
        """What messages call it."""
        return self.file or f"the module {self.name}"


def read_sources(folder: Path) -> tuple[Module, ...]:
    """The modules of a folder, `*.bas` (standard) and then `*.cls` (class), each in the order of their names.

    The files are UTF-8 with characters of Windows-1252 only. A module is called what its `Attribute VB_Name` says or,
    without one, what its file is called; the two must agree.

    LimitError: lists every file that cannot be read and every character that VBA cannot hold, with its line.
    """
    problems: list[str] = []
    modules: list[Module] = []
    for suffix, kind in ((".bas", "standard"), (".cls", "class")):
        found = [path for path in folder.iterdir() if path.suffix.lower() == suffix and path.is_file()]
        for path in sorted(found, key=lambda path: (path.stem.lower(), path.stem)):
            data = path.read_bytes()
            try:
                source = data.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                line = data[: error.start].count(b"\n") + 1
                problems.append(f"{path.name}, line {line}: this is not UTF-8. Save the file as UTF-8.")
                continue
            called = _attributes(_lines(source)[0]).get("VB_NAME", "").strip('"')
            if called and called != path.stem:
                problems.append(
                    f"{path.name}: the file calls its module {called} (VB_Name). Give file and module one name."
                )
            module = Module(path.stem, source, "class" if kind == "class" else "standard", file=path.name)
            problems.extend(_bad_characters(module))
            modules.append(module)
    _refuse(problems)
    return tuple(modules)


def with_documents(
    modules: Sequence[Module], *, sheets: Sequence[str], charts: Sequence[str] = (), workbook: str = "ThisWorkbook"
) -> tuple[Module, ...]:
    """The same project with the modules that a workbook must have: its own, one a sheet and one a chart sheet.

    The names are the code names that the workbook gives itself and its sheets, in their order. A class of such a name
    becomes that document's code (Excel exports documents as classes); without one the document has no code.
    """
    classes = {module.name.casefold(): module for module in modules if module.kind == "class"}
    named = [(workbook, WORKBOOK), *((name, WORKSHEET) for name in sheets), *((name, CHART) for name in charts)]
    documents = []
    for name, base in named:
        written = classes.get(name.casefold())
        if written is None:
            documents.append(Module(name, "", "document", base))
        else:
            documents.append(replace(written, name=name, kind="document", base=base))
    used = [classes.get(name.casefold()) for name, _ in named]
    return (*documents, *(module for module in modules if not any(module is other for other in used)))


def compile_project(modules: Sequence[Module], *, name: str = "VBAProject") -> bytes:
    """The vbaProject.bin of these modules, in their order: not protected, not signed, the same bytes each time.

    LimitError: lists all that VBA would refuse: names (31 letters, digits and underscores; taken or used twice),
    characters outside Windows-1252, lines over 1,023 characters, more than 24 continued lines, a source too long.
    """
    problems = list(_name_problems(name, "the project"))
    names: dict[str, Module] = {name.casefold(): Module(name, "", "standard", file="the project")}
    streams: dict[str, bytes] = {}
    for module in modules:
        problems.extend(_name_problems(module.name, module.where))
        other = names.setdefault(module.name.casefold(), module)
        if other is not module:
            problems.append(f"{module.where}: the name {module.name} is that of {other.where} too. Rename one of them.")
        if (module.kind == "document") != bool(module.base):
            problems.append(f"{module.where}: a document, and nothing else, needs the base that says what it is.")
        found = [*_bad_characters(module), *_long_lines(module)]
        problems.extend(found)
        if not found:
            try:
                streams[module.name] = compress(_stream_text(module).encode(CODE_PAGE))
            except ValueError:
                problems.append(f"{module.where}: its end is too random to be compressed. Add a few plain comments.")
    _refuse(problems)
    entries = [Entry(module.name, module.kind) for module in modules]
    project_id = f"{{{uuid.uuid5(_NAMESPACE, name)}}}".upper()
    vba = {**streams, "_VBA_PROJECT": NO_CACHE, "dir": compress(dir_stream(name, entries))}
    return compound_file(
        {
            "VBA": vba,
            "PROJECT": project_stream(name, project_id, entries),
            "PROJECTwm": name_map_stream(entries),
        }
    )


# -- The text of a module ---------------------------------------------------------------------------------------------


def _lines(source: str) -> tuple[list[str], list[str]]:
    """The attribute lines at the top of a source, and the code below; the header of an exported class is left out."""
    lines = _LINE_END.split(source)
    start = 0
    if _CLASS_HEAD.fullmatch(lines[0]):
        ends = [number for number, line in enumerate(lines) if line.strip().upper() == "END"]
        start = ends[0] + 1 if ends else 1
    stop = start
    while stop < len(lines) and _ATTRIBUTE.fullmatch(lines[stop]):
        stop += 1
    return lines[start:stop], lines[stop:]


def _attributes(lines: Sequence[str]) -> dict[str, str]:
    """The value of each attribute line, by its name in capitals."""
    return {match[1].upper(): match[2] for line in lines if (match := _ATTRIBUTE.fullmatch(line))}


def _stream_text(module: Module) -> str:
    """The text as Excel keeps it: every attribute line that it writes for such a module, then the code, with CRLF."""
    head, code = _lines(module.source)
    given = _attributes(head)
    made = []
    for key, value in _expected_attributes(module):
        # What a module is called and what it is are not for the source to say.
        own = given.pop(key.upper(), value)
        made.append(f"Attribute {key} = {value if key in ('VB_Name', 'VB_Base') else own}")
    others = [line for line in head if _attributes([line]).keys() <= given.keys()]
    while code and not code[-1].strip():
        code.pop()
    return "\r\n".join([*made, *others, *code, ""])


def _expected_attributes(module: Module) -> Iterator[tuple[str, str]]:
    yield "VB_Name", f'"{module.name}"'
    if module.kind == "standard":
        return
    document = str(module.kind == "document")
    yield "VB_Base", f'"{module.base or _CLASS}"'
    yield "VB_GlobalNameSpace", "False"
    yield "VB_Creatable", "False"
    yield "VB_PredeclaredId", document
    yield "VB_Exposed", document
    yield "VB_TemplateDerived", "False"
    yield "VB_Customizable", document


# -- What VBA refuses -------------------------------------------------------------------------------------------------


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise LimitError("The macros cannot be compiled:\n" + "\n".join(f"  {problem}" for problem in problems))


def _name_problems(name: str, where: str) -> Iterator[str]:
    if len(name) > _LONGEST_NAME:
        yield f"{where}: the name {name} has {len(name)} characters, where VBA takes {_LONGEST_NAME}. Shorten it."
    if not _NAME.fullmatch(name):
        yield f"{where}: the name {name!r} must be a letter, then letters, digits and underscores. Rename it."
    elif name.casefold() in _TAKEN.split():
        yield f"{where}: VBA keeps the name {name} for itself. Rename it."


def _bad_characters(module: Module) -> Iterator[str]:
    for number, line in enumerate(_LINE_END.split(module.source), 1):
        for sign in dict.fromkeys(line):
            if (sign >= " " or sign == "\t") and _in_code_page(sign):
                continue
            called = unicodedata.name(sign, "no character of text")
            shown = f"{sign} " if sign.isprintable() else ""
            yield (
                f"{module.where}, line {number}: VBA cannot hold {shown}(U+{ord(sign):04X}, {called})."
                " Use ChrW or a character of Windows-1252."
            )


def _in_code_page(sign: str) -> bool:
    try:
        sign.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return False
    return sign != "\x7f"


def _long_lines(module: Module) -> Iterator[str]:
    lines = _LINE_END.split(module.source)
    if len(lines) > _MOST_LINES:
        yield f"{module.where}: {len(lines):,} lines, where VBA takes {_MOST_LINES:,}. Split the module."
    run = 0
    for number, line in enumerate(lines, 1):
        if len(line) > _LONGEST_LINE:
            yield (
                f"{module.where}, line {number}: {len(line):,} characters, where VBA takes {_LONGEST_LINE:,}."
                " Split the line."
            )
        run = run + 1 if _CONTINUED.search(line) else 0
        if run == _MOST_CONTINUED + 1:
            yield (
                f"{module.where}, line {number}: the statement goes on for more than {_MOST_CONTINUED} lines."
                " Split the statement."
            )
