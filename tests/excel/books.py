"""Workbooks with macros, for these tests only."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from perfbook.excel.project import Module, compile_project, with_documents

MAIN = """\
Option Explicit
' Prices in £ and €, names like Zoë's.

Public Sub Greet()
    Dim made As Greeter
    Set made = New Greeter
    made.Who = "Zoë"
    ThisWorkbook.Worksheets("Figures").Range("B2").Value = made.Text & " owes £5"
End Sub

Public Sub Visit()
    Sheet1.Mark
    ThisWorkbook.Note
End Sub

Public Function Answer() As Variant
    Answer = 6 * 7
End Function

Public Sub Fail()
    Err.Raise 1004, "Main", "There is no such period"
End Sub

Public Sub Ask()
    ThisWorkbook.Worksheets("Figures").Range("B3").Value = MsgBox("Go on?", vbYesNo)
End Sub
"""
GREETER = """\
VERSION 1.0 CLASS
BEGIN
  MultiUse = -1  'True
END
Attribute VB_Name = "Greeter"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = False
Attribute VB_Exposed = False
Option Explicit
Private mWho As String

Public Property Let Who(ByVal name As String)
    mWho = name
End Property

Public Property Get Text() As String
    Text = "Hello " & mWho
End Property
"""
SHEET = 'Public Sub Mark()\n    Me.Range("C1").Value = "marked"\nEnd Sub\n'
BOOK = 'Public Sub Note()\n    Me.Worksheets("Notes").Range("A1").Value = "noted"\nEnd Sub\n'

MODULES = with_documents(
    [
        Module("Main", MAIN, "standard"),
        Module("Greeter", GREETER, "class"),
        Module("Sheet1", SHEET, "class"),
        Module("ThisWorkbook", BOOK, "class"),
    ],
    sheets=("Sheet1", "Sheet2"),
)


def macro_book(modules: Sequence[Module] = MODULES) -> bytes:
    """An .xlsm with the sheets Figures (Sheet1) and Notes (Sheet2), these modules and a form button."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_vba_project(io.BytesIO(compile_project(modules)), is_stream=True)
        book.set_vba_name("ThisWorkbook")
        figures = book.add_worksheet("Figures")
        figures.set_vba_name("Sheet1")
        figures.write_string("A1", "Figures")
        figures.insert_button("E2", {"macro": "Greet", "caption": "Greet", "width": 120, "height": 30})
        book.add_worksheet("Notes").set_vba_name("Sheet2")
    return made.getvalue()
