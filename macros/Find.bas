Attribute VB_Name = "Find"
Option Explicit
' From a row of a sheet to the figure's passport, and to the return that it came from.

' The row (from 1) in the list of passports for a row of a sheet; 0 and a sentence where there is none.
Public Function PassportRow(ByVal sheet As String, ByVal row As Long, ByRef said As String) As Long
    Dim from As Object, code As String, title As String, about As String, known As Variant, place As Long, any1 As Boolean
    Set from = ThisWorkbook.Worksheets(sheet)
    If sheet = "Passport" Then
        PassportRow = row - Refresh.RangeOf("list_passport").Row + 1
        If PassportRow >= 1 And PassportRow <= Refresh.RangeOf("list_passport").Rows.Count Then Exit Function
        PassportRow = 0
    ElseIf sheet = "Reconciliation" Or sheet = "Changes" Then
        code = Shown(from, row, 2)
        title = Shown(from, row, 3)
        about = Shown(from, row, 4)
    Else
        code = Shown(from, row, 1)
        title = Shown(from, row, 2)
        ' What leads to the passport of a measure that has no code.
        If code = ChrW(&H2197) Then code = ""
        If sheet = "Scorecard" Or sheet = "Exceptions" Then about = Shown(from, row, 4)
        If sheet = "Directorate" Then about = Shown(from, row, 3)
    End If
    If about = "" Then about = Refresh.Text("chosen_period")
    If title <> "" Then
        known = Host.Contents(Refresh.RangeOf("list_passport"))
        For place = 1 To UBound(known, 1)
            If CStr(known(place, 1)) = code And CStr(known(place, 2)) = title Then
                any1 = True
                If CStr(known(place, 3)) = about Then
                    PassportRow = place
                    Exit Function
                End If
            End If
        Next place
    End If
    If any1 Then
        said = "No figure of " & code & " " & title & " came for " & about & "."
    ElseIf sheet = "Scorecard" And title <> "" Then
        said = "No figure of " & code & " " & title & " has come yet."
    Else
        said = "Select a cell in the row of a measure first."
    End If
End Function

' The path of the return that a row comes from; nothing and a sentence where there is none.
Public Function ReturnPath(ByVal sheet As String, ByVal row As Long, ByRef said As String) As String
    Dim file As String, period As String, place As Long, from As Object
    Set from = ThisWorkbook.Worksheets(sheet)
    period = Refresh.Text("own_period")
    Select Case sheet
        Case "Returns"
            file = Listed("list_returns", row, 15)
        Case "Files"
            file = Listed("list_files", row, 1)
        Case "Findings"
            file = Listed("list_findings", row, 6)
        Case "Changes"
            file = Listed("list_changes", row, 12)
        Case Else
            place = PassportRow(sheet, row, said)
            If place = 0 Then Exit Function
            file = CStr(Refresh.RangeOf("list_passport").Cells(place, 10).Value)
            period = CStr(Refresh.RangeOf("list_passport").Cells(place, 4).Value)
    End Select
    If file = "" Then
        said = "No return stands behind this row."
    ElseIf InStr(file, "..") > 0 Or InStr(file, ":") > 0 Or Left(file, 1) = "/" Or Left(file, 1) = "\" Then
        said = "The return " & file & " lies outside the folder of returns and is not opened."
    Else
        If Application.PathSeparator = "\" Then file = Replace(file, "/", "\")
        ReturnPath = Reach.Below(Reach.Below(ReturnsFolder(), period), file)
        If Not Host.Exists(ReturnPath) Then
            said = "There is no file " & ReturnPath & ". It may have been moved; the archive has it."
            ReturnPath = ""
        End If
    End If
End Function

Private Function Shown(ByVal from As Object, ByVal row As Long, ByVal column As Long) As String
    Dim held As Variant
    held = from.Cells(row, column).Value
    If Not IsError(held) Then Shown = CStr(held)
End Function

Private Function Listed(ByVal called As String, ByVal row As Long, ByVal column As Long) As String
    Dim area As Object
    Set area = Refresh.RangeOf(called)
    If row < area.Row Or row >= area.Row + area.Rows.Count Then Exit Function
    Listed = CStr(area.Cells(row - area.Row + 1, column).Value)
End Function

Private Function ReturnsFolder() As String
    Dim folder As String
    folder = Trim(Refresh.Text("setting_returns"))
    If Application.PathSeparator = "\" Then folder = Replace(folder, "/", "\")
    If Left(folder, 1) = "/" Or Left(folder, 1) = "\" Or Mid(folder, 2, 1) = ":" Then
        ReturnsFolder = folder
    Else
        ReturnsFolder = Reach.Below(Reach.Workspace(), folder)
    End If
End Function
