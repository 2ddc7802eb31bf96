Attribute VB_Name = "Refresh"
Option Explicit
' Puts fresh tables in place of the old ones: all of them or none.

' The range under a defined name; an error with a sentence where it is not there.
Public Function RangeOf(ByVal called As String) As Object
    Dim found As Object
    On Error Resume Next
    Set found = ThisWorkbook.Names(called).RefersToRange
    On Error GoTo 0
    If found Is Nothing Then
        Err.Raise 1004, "perfbook", "the name " & called & " is missing; run perfbook consolidate to rebuild the scorecard"
    End If
    Set RangeOf = found
End Function

' The text of a single cell under a defined name.
Public Function Text(ByVal called As String) As String
    Text = CStr(RangeOf(called).Cells(1, 1).Value)
End Function

' Whether the tables are for this book; the answer is empty, or the sentence that says why not.
Public Function Fits(ByVal fresh As Variant) As String
    Dim block As Variant, area As Object, rows As Long
    If fresh(Tables.PERIOD) <> Text("own_period") Then
        Fits = "This scorecard is of " & Text("own_period") & ", and perfbook answered with " & fresh(Tables.PERIOD) & "."
    ElseIf fresh(Tables.FRAMEWORK) <> Text("framework_version") Then
        Fits = "The framework has changed: run perfbook consolidate to rebuild the scorecard."
    ElseIf fresh(Tables.LAYOUT) <> Text("layout_version") Then
        Fits = "The scorecard has a new layout, by another version of perfbook or by periods that this workbook does not have: " & _
            "run perfbook consolidate to rebuild it."
    End If
    If Fits <> "" Then Exit Function
    For Each block In fresh(Tables.BLOCKS)
        Set area = RangeOf(block(Tables.NAME_OF))
        rows = UBound(block(Tables.ROWS_OF), 1)
        If area.Columns.Count <> block(Tables.COLUMNS_OF) Then
            Fits = Misfit(area)
        ElseIf block(Tables.KIND_OF) = "matrix" Or block(Tables.KIND_OF) = "cell" Then
            If area.Rows.Count <> rows Then Fits = Misfit(area)
        ElseIf block(Tables.KIND_OF) = "list" Then
            If rows > area.Rows.Count Then Fits = Room(area, rows)
        End If
        If Fits <> "" Then Exit Function
    Next block
End Function

Private Function Misfit(ByVal area As Object) As String
    Misfit = "The sheet " & area.Parent.Name & " no longer has the rows and columns that perfbook gave it: " & _
        "run perfbook consolidate to rebuild the scorecard."
End Function

' A list grows only into empty cells.
Private Function Room(ByVal area As Object, ByVal rows As Long) As String
    Dim below As Object, cell As Object
    Set below = Below1(area, rows)
    If Application.WorksheetFunction.CountA(below) = 0 Then Exit Function
    For Each cell In below.Cells
        If Not IsEmpty(cell.Value) Then Exit For
    Next cell
    Room = "The list on the sheet " & area.Parent.Name & " needs more rows, and something stands in its way in " & _
        Replace(cell.Address, "$", "") & ". Move that away."
End Function

' The rows below an area that it needs in order to have so many.
Private Function Below1(ByVal area As Object, ByVal rows As Long) As Object
    Dim first As Long
    first = area.Row + area.Rows.Count
    Set Below1 = area.Parent.Range(area.Parent.Cells(first, area.Column), _
        area.Parent.Cells(area.Row + rows - 1, area.Column + area.Columns.Count - 1))
End Function

' Writes every block. On any failure the old contents are put back, and the answer says why.
Public Function Swap(ByVal fresh As Variant) As String
    Dim block As Variant, before As Collection, area As Object, done As Long, why As String, undoing As Boolean
    Dim place As Long
    Set before = New Collection
    For Each block In fresh(Tables.BLOCKS)
        Set area = RangeOf(block(Tables.NAME_OF))
        If block(Tables.KIND_OF) <> "rows" Then
            before.Add Array(block(Tables.NAME_OF), Host.Contents(area, block(Tables.NAME_OF) = "list_passport"), block(Tables.KIND_OF))
        End If
    Next block
    On Error GoTo Failed
    For Each block In fresh(Tables.BLOCKS)
        If block(Tables.KIND_OF) <> "rows" Then
            done = done + 1
            Host.Status "perfbook: writing " & block(Tables.NAME_OF)
            Place1 block(Tables.NAME_OF), block(Tables.KIND_OF), block(Tables.ROWS_OF)
        End If
    Next block
    ' Looks come last: a height or a format that cannot be set is no reason to lose the figures.
    For Each block In fresh(Tables.BLOCKS)
        Dress block
    Next block
    Exit Function
Failed:
    If undoing Then
        Swap = why & " The old contents could not be put back either: close this workbook without saving it."
        Exit Function
    End If
    why = "The tables could not be written (" & Err.Description & ")."
    undoing = True
    Resume Undo
Undo:
    For place = 1 To done
        Place1 before(place)(0), before(place)(2), before(place)(1)
    Next place
    Swap = why
End Function

' Writes one block; a list becomes as long as what it holds.
Private Sub Place1(ByVal called As String, ByVal kind As String, ByVal values As Variant)
    Dim area As Object, rows As Long
    Set area = RangeOf(called)
    rows = UBound(values, 1)
    If kind = "list" And rows <> area.Rows.Count Then
        Host.Unfilter area, Mid(called, 6)
        If rows > area.Rows.Count Then
            Grow area, rows
        Else
            Host.Bare area.Parent.Range(area.Rows(rows + 1), area.Rows(area.Rows.Count))
        End If
        Set area = area.Parent.Range(area.Parent.Cells(area.Row, area.Column), _
            area.Parent.Cells(area.Row + rows - 1, area.Column + area.Columns.Count - 1))
        Host.ResizeName area, called
        Host.ResizeTable area, Mid(called, 6)
    ElseIf kind = "list" Then
        Host.Unfilter area, Mid(called, 6)
    End If
    Host.Fill area, values
End Sub

' Gives further rows the look of those that are there, twice as many each time: not every host repeats one row.
Private Sub Grow(ByVal area As Object, ByVal rows As Long)
    Dim have As Long, more As Long
    have = area.Rows.Count
    Do While have < rows
        more = have
        If have + more > rows Then more = rows - have
        area.Parent.Range(area.Parent.Cells(area.Row, area.Column), _
            area.Parent.Cells(area.Row + more - 1, area.Column + area.Columns.Count - 1)).Copy _
            Destination:=area.Parent.Cells(area.Row + have, area.Column)
        have = have + more
    Loop
End Sub

' Row heights, number formats and the printed area of a block.
Private Sub Dress(ByVal block As Variant)
    Dim area As Object, runs As Variant, place As Long, row As Long, count As Long, column As Long
    On Error Resume Next
    Set area = RangeOf(block(Tables.NAME_OF))
    runs = block(Tables.HEIGHTS_OF)
    row = 1
    For place = 0 To UBound(runs) - 1 Step 2
        count = CLng(Val(runs(place)))
        Host.Rows1(area, row, count).RowHeight = Val(runs(place + 1))
        row = row + count
    Next place
    runs = block(Tables.FORMATS_OF)
    row = 1
    If UBound(runs) >= 0 Then column = CLng(Val(runs(0)))
    For place = 1 To UBound(runs) - 1 Step 2
        count = CLng(Val(runs(place)))
        Host.Column1(area, row, count, column).NumberFormat = runs(place + 1)
        row = row + count
    Next place
    If block(Tables.PRINTED_OF) > 0 Then
        area.Parent.PageSetup.PrintArea = "$A$1:" & area.Cells(block(Tables.PRINTED_OF), area.Columns.Count).Address
    End If
End Sub
