Attribute VB_Name = "Tables"
Option Explicit
' Reads the tables that perfbook writes: ASCII JSON with a line a row, in whose texts commas and quotation marks are escaped.

Public Const FORM As Long = 1

' Places in what Understood gives.
Public Const PERIOD As Long = 0
Public Const FRAMEWORK As Long = 1
Public Const LAYOUT As Long = 2
Public Const AS_AT As Long = 3
Public Const RECEIVED As Long = 4
Public Const EXPECTED As Long = 5
Public Const BLOCKS As Long = 6

' Places in a block. ROWS_OF is a two-dimensional array from 1, of at least one row.
Public Const NAME_OF As Long = 0
Public Const KIND_OF As Long = 1
Public Const COLUMNS_OF As Long = 2
Public Const COUNT_OF As Long = 3
Public Const TEXTS_OF As Long = 4
Public Const PRINTED_OF As Long = 5
Public Const HEIGHTS_OF As Long = 6
Public Const FORMATS_OF As Long = 7
Public Const ROWS_OF As Long = 8

Private mCells As Long
Private mLetters As Long

' Takes the lines of an answer apart. The answer is empty, or the sentence that says why there are no tables.
Public Function Understood(ByVal lines As Variant, ByRef fresh As Variant) As String
    Dim at As Long, last As Long, head As String, found As Collection, block As Variant
    last = UBound(lines)
    Do While last > 0
        If lines(last) <> "" And lines(last) <> "}" Then Exit Do
        last = last - 1
    Loop
    If InStr(lines(0), """ok"":false") > 0 Then
        Understood = Field(lines(0), "error")
        If Understood = "" Then Understood = "perfbook could not consolidate and did not say why."
        Exit Function
    End If
    If InStr(lines(0), """ok"":true") > 0 Then at = 1
    If at > last Then
        Understood = Torn()
        Exit Function
    End If
    head = lines(at)
    If Left(head, 20) <> "{""perfbook"":""tables""" Then
        Understood = "What perfbook answered holds no tables."
        Exit Function
    End If
    If Field(head, "form") <> CStr(FORM) Then
        Understood = "This workbook and perfbook are of different versions: run perfbook consolidate to rebuild the scorecard."
        Exit Function
    End If
    If lines(last) <> "],""end"":""perfbook""}" Then
        Understood = Torn()
        Exit Function
    End If
    mCells = 0
    mLetters = 0
    Set found = New Collection
    at = at + 1
    Do While at < last
        If Not ReadBlock(lines, at, last, block) Then
            Understood = Torn()
            Exit Function
        End If
        found.Add block
    Loop
    If CStr(mCells) <> Field(head, "cells") Or CStr(mLetters) <> Field(head, "letters") Then
        Understood = Torn()
        Exit Function
    End If
    fresh = Array(Field(head, "period"), Field(head, "framework"), Field(head, "layout"), Field(head, "as_at"), _
        Field(head, "received"), Field(head, "expected"), found)
End Function

Private Function Torn() As String
    Torn = "What perfbook answered is not whole. Try again in a moment."
End Function

' Reads one block from line `at` on and moves `at` behind it.
Private Function ReadBlock(ByVal lines As Variant, ByRef at As Long, ByVal last As Long, ByRef block As Variant) As Boolean
    Dim head As String, count As Long, columns As Long, place As Long
    Dim values() As Variant
    If at + 4 >= last Then Exit Function
    head = lines(at)
    If Left(head, 9) <> "{""name"":""" Or lines(at + 3) <> """rows"":[" Then Exit Function
    count = CLng(Val(Field(head, "count")))
    columns = CLng(Val(Field(head, "columns")))
    If columns < 1 Or at + 4 + count >= last Then Exit Function
    ReDim values(1 To IIf(count < 1, 1, count), 1 To columns)
    For place = 1 To count
        If Not ReadRow(lines(at + 3 + place), place, columns, values) Then Exit Function
    Next place
    If Left(lines(at + 4 + count), 2) <> "]}" Then Exit Function
    block = Array(Field(head, "name"), Field(head, "kind"), columns, count, Numbers(head, "texts"), _
        CLng(Val(Field(head, "printed"))), Numbers(lines(at + 1), "heights"), Numbers(lines(at + 2), "formats"), values)
    at = at + 5 + count
    ReadBlock = True
End Function

' Reads `[0.5,null,"text"],` into a row of the array.
Private Function ReadRow(ByVal line As String, ByVal row As Long, ByVal columns As Long, ByRef values() As Variant) As Boolean
    Dim parts As Variant, part As String, column As Long, text As String
    If Right(line, 1) = "," Then line = Left(line, Len(line) - 1)
    If Left(line, 1) <> "[" Or Right(line, 1) <> "]" Then Exit Function
    parts = Split(Mid(line, 2, Len(line) - 2), ",")
    If UBound(parts) <> columns - 1 Then Exit Function
    For column = 1 To columns
        part = parts(column - 1)
        If Left(part, 1) = """" Then
            text = Plain(Mid(part, 2, Len(part) - 2))
            mLetters = mLetters + Len(text)
            values(row, column) = text
        ElseIf part <> "null" Then
            ' Val reads a point, whatever the country.
            values(row, column) = Val(part)
        End If
        mCells = mCells + 1
    Next column
    ReadRow = True
End Function

' The text with \uXXXX undone.
Private Function Plain(ByVal text As String) As String
    Dim parts As Variant, place As Long, made As String
    If InStr(text, "\u") = 0 Then
        Plain = text
        Exit Function
    End If
    parts = Split(text, "\u")
    made = parts(0)
    For place = 1 To UBound(parts)
        made = made & ChrW(CLng("&H" & Left(parts(place), 4) & "&")) & Mid(parts(place), 5)
    Next place
    Plain = made
End Function

' The text or number of one name in a line; nothing where the name is not there.
Public Function Field(ByVal line As String, ByVal called As String) As String
    Dim start As Long, stop1 As Long, stop2 As Long
    start = InStr(line, """" & called & """:")
    If start = 0 Then Exit Function
    start = start + Len(called) + 3
    If Mid(line, start, 1) = """" Then
        stop1 = InStr(start + 1, line, """")
        If stop1 > 0 Then Field = Plain(Mid(line, start + 1, stop1 - start - 1))
        Exit Function
    End If
    stop1 = InStr(start, line, ",")
    stop2 = InStr(start, line, "}")
    If stop1 = 0 Or (stop2 > 0 And stop2 < stop1) Then stop1 = stop2
    If stop1 > 0 Then Field = Mid(line, start, stop1 - start)
End Function

' The parts of a flat list as texts, from 0; UBound -1 where it is empty.
Private Function Numbers(ByVal line As String, ByVal called As String) As Variant
    Dim start As Long, ends As Long, parts As Variant, place As Long
    start = InStr(line, """" & called & """:[")
    If start > 0 Then ends = InStr(start, line, "]")
    ' Number formats may hold brackets: the list ends with its line.
    If called = "formats" Then ends = Len(line) - 1
    If start = 0 Or ends = 0 Then
        Numbers = Split("", ",")
        Exit Function
    End If
    start = start + Len(called) + 4
    parts = Split(Mid(line, start, ends - start), ",")
    For place = 0 To UBound(parts)
        If Left(parts(place), 1) = """" Then parts(place) = Plain(Mid(parts(place), 2, Len(parts(place)) - 2))
    Next place
    Numbers = parts
End Function
