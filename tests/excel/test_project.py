from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from perfbook.errors import LimitError
from perfbook.excel.project import CHART, WORKBOOK, WORKSHEET, Module, compile_project, read_sources, with_documents
from perfbook.workbook.limits import breaches
from tests.conftest import Audit
from tests.excel.books import BOOK, GREETER, MAIN, MODULES, SHEET, macro_book
from tests.excel.readers import faults, macros, streams
from tests.support.office import Office, OfficeError

DOCUMENT = (
    'Attribute VB_Name = "{}"\nAttribute VB_Base = "{}"\nAttribute VB_GlobalNameSpace = False\n'
    "Attribute VB_Creatable = False\nAttribute VB_PredeclaredId = True\nAttribute VB_Exposed = True\n"
    "Attribute VB_TemplateDerived = False\nAttribute VB_Customizable = True\n"
)
CLASS = (
    'Attribute VB_Name = "{}"\nAttribute VB_Base = "0{{FCFB3D2A-A0FA-1068-A738-08002B3371B5}}"\n'
    "Attribute VB_GlobalNameSpace = False\nAttribute VB_Creatable = False\nAttribute VB_PredeclaredId = False\n"
    "Attribute VB_Exposed = False\nAttribute VB_TemplateDerived = False\nAttribute VB_Customizable = False\n"
)
GREETER_CODE = GREETER.partition("VB_Exposed = False\n")[2]


def one(source: str, name: str = "Main") -> list[Module]:
    return [Module(name, source, "standard", file=f"{name}.bas")]


def refused(modules: list[Module], name: str = "VBAProject") -> str:
    with pytest.raises(LimitError) as caught:
        compile_project(modules, name=name)
    return str(caught.value)


# -- Other readers ----------------------------------------------------------------------------------------------------


def test_olevba_extracts_exactly_the_sources() -> None:
    expected = {
        "ThisWorkbook.cls": DOCUMENT.format("ThisWorkbook", WORKBOOK) + BOOK,
        "Sheet1.cls": DOCUMENT.format("Sheet1", WORKSHEET) + SHEET,
        "Sheet2.cls": DOCUMENT.format("Sheet2", WORKSHEET),
        "Main.bas": 'Attribute VB_Name = "Main"\n' + MAIN,
        "Greeter.cls": CLASS.format("Greeter") + GREETER_CODE,
    }
    wanted = {name: text.replace("\n", "\r\n") for name, text in expected.items()}
    assert macros("vbaProject.bin", compile_project(MODULES)) == wanted
    assert macros("book.xlsm", macro_book()) == wanted


def test_the_compound_file_is_sound() -> None:
    made = compile_project(MODULES)
    assert faults(made) == []
    assert sorted(streams(made)) == [
        "PROJECT",
        "PROJECTwm",
        "VBA/Greeter",
        "VBA/Main",
        "VBA/Sheet1",
        "VBA/Sheet2",
        "VBA/ThisWorkbook",
        "VBA/_VBA_PROJECT",
        "VBA/dir",
    ]
    assert streams(made)["VBA/_VBA_PROJECT"] == b"\xcc\x61\xff\xff\0\0\0"


def test_libreoffice_reads_the_same_sources(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(macro_book())
    with office.open(path, macros=4) as book:
        found = book.macro_sources()
    expected = {
        "ThisWorkbook": ("VBADocumentModule", BOOK),
        "Sheet1": ("VBADocumentModule", SHEET),
        "Sheet2": ("VBADocumentModule", ""),
        "Main": ("VBAModule", MAIN),
        "Greeter": ("VBAClassModule", "Option ClassModule\n" + GREETER_CODE),
    }
    assert found == {
        name: f"Rem Attribute VBA_ModuleType={kind}\nOption VBASupport 1\n{source}\n"
        for name, (kind, source) in expected.items()
    }


def test_macros_run_in_libreoffice(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(macro_book())
    with office.open(path, macros=4) as book:
        assert book.run_macro("Main", "Greet") is None
        assert book.get_cell("Figures", "B2").value == "Hello Zoë owes £5"
        book.run_macro("Main", "Visit")
        assert book.get_cell("Figures", "C1").value == "marked"
        assert book.get_cell("Notes", "A1").value == "noted"
        assert book.run_macro("Main", "Answer") == 42
        book.run_macro("Main", "Ask")
        assert book.get_cell("Figures", "B3").value == 0  # nobody was there to answer
        assert sorted(book.macro_sources()) == ["Greeter", "Main", "Sheet1", "Sheet2", "ThisWorkbook"]


def test_a_macro_that_fails_says_why(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(macro_book())
    with office.open(path, macros=4) as book:
        with pytest.raises(OfficeError, match=r"Main\.Fail failed: error 1004, There is no such period\."):
            book.run_macro("Main", "Fail")
        with pytest.raises(OfficeError, match=r"Main\.Nobody failed"):
            book.run_macro("Main", "Nobody")
        with pytest.raises(OfficeError, match=r"no module 'Elsewhere'; there are: .*Greeter"):
            book.run_macro("Elsewhere", "Greet")
        with pytest.raises(OfficeError, match=r"no macro library 'Other'"):
            book.run_macro("Main", "Greet", library="Other")
        assert book.run_macro("Main", "Answer") == 42


def test_the_form_button_knows_its_macro(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(macro_book())
    with office.open(path, macros=4) as book:
        assert book.buttons("Figures") == {"Greet": "VBAProject.Main.Greet"}
        assert book.buttons("Notes") == {}
        _, module, sub = book.buttons("Figures")["Greet"].split(".")
        book.run_macro(module, sub)
        assert book.get_cell("Figures", "B2").value == "Hello Zoë owes £5"


def test_the_workbook_passes_both_gates(audit: Audit, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(macro_book())
    assert audit(path) == []
    assert breaches(path.read_bytes()) == []
    with zipfile.ZipFile(path) as package:
        assert package.read("xl/vbaProject.bin") == compile_project(MODULES)
        assert b'codeName="ThisWorkbook"' in package.read("xl/workbook.xml")
        assert b'codeName="Sheet2"' in package.read("xl/worksheets/sheet2.xml")


def test_a_large_module_leaves_the_mini_stream_and_runs(office: Office, tmp_path: Path) -> None:
    lines = [f"' {number * 7919 % 10_007} and {number * 104_729 % 99_991} lines of remarks" for number in range(3000)]
    modules = [
        Module(module.name, MAIN + "\n".join(lines) + "\n", "standard") if module.name == "Main" else module
        for module in MODULES
    ]
    assert len(streams(compile_project(modules))["VBA/Main"]) > 4096
    path = tmp_path / "book.xlsm"
    path.write_bytes(macro_book(modules))
    with office.open(path, macros=4) as book:
        assert book.run_macro("Main", "Answer") == 42
        assert book.macro_sources()["Main"].endswith("\n".join(lines) + "\n\n")


# -- The same bytes ---------------------------------------------------------------------------------------------------


def test_the_same_bytes_in_another_process() -> None:
    code = (
        "import sys; from tests.excel.books import MODULES; from perfbook.excel.project import compile_project;"
        "sys.stdout.buffer.write(compile_project(MODULES))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert made == {compile_project(MODULES)}


def test_the_name_of_the_project_is_its_own() -> None:
    data = compile_project(MODULES, name="Perfbook")
    assert b'Name="Perfbook"' in streams(data)["PROJECT"]
    assert data != compile_project(MODULES)


# -- Sources ----------------------------------------------------------------------------------------------------------


def test_sources_are_read_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "beta.bas").write_bytes("\ufeff' é\r\nSub B()\r\nEnd Sub".encode())
    (tmp_path / "Alpha.bas").write_bytes(b'Attribute VB_Name = "Alpha"\rSub A()\rEnd Sub\r\r\r')
    (tmp_path / "Greeter.cls").write_text(GREETER, encoding="utf-8")
    (tmp_path / "README.md").write_text("not a macro ☃", encoding="utf-8")
    modules = read_sources(tmp_path)
    assert [(module.name, module.kind, module.file) for module in modules] == [
        ("Alpha", "standard", "Alpha.bas"),
        ("beta", "standard", "beta.bas"),
        ("Greeter", "class", "Greeter.cls"),
    ]
    assert macros("vbaProject.bin", compile_project(modules)) == {
        "Alpha.bas": 'Attribute VB_Name = "Alpha"\r\nSub A()\r\nEnd Sub\r\n',
        "beta.bas": 'Attribute VB_Name = "beta"\r\n\' é\r\nSub B()\r\nEnd Sub\r\n',
        "Greeter.cls": (CLASS.format("Greeter") + GREETER_CODE).replace("\n", "\r\n"),
    }


def test_every_fault_of_a_folder_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "Good.bas").write_text("Sub A()\nEnd Sub\n")
    (tmp_path / "Latin.bas").write_bytes(b"Sub A()\n' caf\xe9\n")
    (tmp_path / "Snow.bas").write_text('Sub A()\n\n  x = "→ ☃ ☃"\x00\n', encoding="utf-8")
    (tmp_path / "Named.cls").write_text('Attribute VB_Name = "Other"\n')
    with pytest.raises(LimitError) as caught:
        read_sources(tmp_path)
    assert str(caught.value).split("\n") == [
        "The macros cannot be compiled:",
        "  Latin.bas, line 2: this is not UTF-8. Save the file as UTF-8.",
        "  Snow.bas, line 3: VBA cannot hold → (U+2192, RIGHTWARDS ARROW). Use ChrW or a character of Windows-1252.",
        "  Snow.bas, line 3: VBA cannot hold ☃ (U+2603, SNOWMAN). Use ChrW or a character of Windows-1252.",
        "  Snow.bas, line 3: VBA cannot hold (U+0000, no character of text). Use ChrW or a character of Windows-1252.",
        "  Named.cls: the file calls its module Other (VB_Name). Give file and module one name.",
    ]


def test_attributes_of_the_source_are_kept() -> None:
    source = (
        'Attribute VB_Name = "Wrong"\nAttribute VB_PredeclaredId = True\nAttribute VB_Description = "What it does"\n'
        "Option Explicit\nProperty Get Item()\nAttribute Item.VB_UserMemId = 0\nEnd Property\n"
    )
    text = macros("vbaProject.bin", compile_project([Module("Bag", source, "class")]))["Bag.cls"]
    expected = CLASS.format("Bag").replace("VB_PredeclaredId = False", "VB_PredeclaredId = True")
    assert text.replace("\r\n", "\n") == (
        expected + 'Attribute VB_Description = "What it does"\n' + source.partition('does"\n')[2]
    )


# -- Documents --------------------------------------------------------------------------------------------------------


def test_every_document_has_its_module_and_its_code() -> None:
    modules = with_documents(
        [Module("Main", MAIN, "standard"), Module("feed", "Sub F()\nEnd Sub", "class"), Module("Bag", "", "class")],
        sheets=("Summary", "Feed"),
        charts=("Chart1",),
        workbook="Book",
    )
    assert [(module.name, module.kind, module.base, module.source) for module in modules] == [
        ("Book", "document", WORKBOOK, ""),
        ("Summary", "document", WORKSHEET, ""),
        ("Feed", "document", WORKSHEET, "Sub F()\nEnd Sub"),
        ("Chart1", "document", CHART, ""),
        ("Main", "standard", "", MAIN),
        ("Bag", "class", "", ""),
    ]


def test_a_document_needs_to_say_what_it_is() -> None:
    assert "the module Sheet1: a document" in refused([Module("Sheet1", "", "document")])
    assert "Main.bas: a document" in refused([Module("Main", "", "standard", WORKSHEET, "Main.bas")])


# -- What VBA refuses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("A" * 32, "has 32 characters, where VBA takes 31"),
        ("2nd", "must be a letter, then"),
        ("_Main", "must be a letter, then"),
        ("My module", "must be a letter, then"),
        ("Zoë", "must be a letter, then"),
        ("Main\n", "must be a letter, then"),
        ("", "must be a letter, then"),
        ("Sub", "keeps the name Sub for itself"),
        ("dir", "keeps the name dir for itself"),
        ("Excel", "keeps the name Excel for itself"),
    ],
)
def test_names_that_vba_refuses(name: str, words: str) -> None:
    assert words in refused(one("", name))
    assert words in refused([], name)


def test_the_longest_name_is_taken() -> None:
    assert f"{'A' * 31}.bas" in macros("vbaProject.bin", compile_project(one("", "A" * 31)))


def test_a_name_is_used_once() -> None:
    modules = [*one("", "Main"), Module("MAIN", "", "class", file="MAIN.cls")]
    assert "MAIN.cls: the name MAIN is that of Main.bas too. Rename one of them." in refused(modules)
    assert "Main.bas: the name Main is that of the project too" in refused(one(""), "main")


def test_lines_are_not_too_long() -> None:
    assert compile_project(one("'" + "x" * 1022))
    assert "Main.bas, line 2: 1,024 characters, where VBA takes 1,023." in refused(one("\n'" + "x" * 1023))


@pytest.mark.parametrize("tail", [" _", "\t_", " _  "])
def test_a_statement_goes_on_for_24_lines(tail: str) -> None:
    def statement(lines: int) -> str:
        return "x = 1" + f"{tail}\n + 1" * lines + "\ny_ = 2\n"

    assert compile_project(one(statement(24) * 2))
    message = refused(one(statement(26)))
    assert message.count("more than 24 lines") == 1
    assert "Main.bas, line 25" in message


def test_a_module_is_not_too_long() -> None:
    assert "65,535 lines, where VBA takes 65,534" in refused(one("\n" * 65_534))


def test_a_character_outside_the_code_page_is_refused() -> None:
    assert "Main.bas, line 1: VBA cannot hold ☃ (U+2603, SNOWMAN)" in refused(one("' ☃"))
    assert "(U+0081" in refused(one("' \x81"))
    assert "(U+007F" in refused(one("' \x7f"))
    assert "(U+000C" in refused(one("' \x0c"))


def test_a_source_that_cannot_be_compressed_is_refused() -> None:
    import random

    noise = random.Random(1)
    signs = [sign for sign in bytes(range(32, 256)).decode("cp1252", "ignore") if sign != "\x7f"]
    text = "\n".join("'" + "".join(noise.choices(signs, k=1000)) for _ in range(4))
    assert "too random to be compressed" in refused(one(text))


def test_all_faults_are_told_at_once() -> None:
    message = refused([*one("' ☃", "Sub"), *one("'" + "x" * 2000, "sub")], "a b")
    assert len(message.split("\n")) == 7
