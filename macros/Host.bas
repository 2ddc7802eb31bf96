Attribute VB_Name = "Host"
Option Explicit
' Everything that differs between Excel on Windows, Excel on a Mac and LibreOffice, and nothing else.

Private Const MANUAL As Long = -4135
Private Const AUTOMATIC As Long = -4105
Private Const NO_LINE As Long = -4142
Private Const HIDDEN As Long = 0
Private Const SCRIPT As String = "perfbook.applescript"
' Excel refuses longer texts within an array.
Private Const LONGEST As Long = 8000

Private mCalculation As Long
Private mQuiet As Boolean

Public Function IsMac() As Boolean
    #If Mac Then
        IsMac = True
    #Else
        IsMac = False
    #End If
End Function

' LibreOffice calls itself an Excel of 2003, which could not open this workbook.
Public Function IsLibreOffice() As Boolean
    IsLibreOffice = Val(Application.Version) < 12
End Function

' -- The screen --

' No calculation and no flicker until Loud.
Public Sub Quiet()
    mCalculation = Application.Calculation
    mQuiet = True
    Application.Calculation = MANUAL
    Application.EnableEvents = False
    Application.ScreenUpdating = False
    ' Esc ends the wait as an error that is handled.
    If Not IsLibreOffice() Then Application.EnableCancelKey = 2
End Sub

' One calculation, and everything as it was.
Public Sub Loud()
    If Not mQuiet Then Exit Sub
    mQuiet = False
    Application.ScreenUpdating = True
    Application.EnableEvents = True
    Application.Calculation = mCalculation
    If mCalculation = MANUAL Then Application.Calculate
    If Not IsLibreOffice() Then Application.EnableCancelKey = 1
    Application.StatusBar = False
End Sub

Public Sub Status(ByVal text As String)
    Application.StatusBar = text
End Sub

' Shows a message, and keeps it on the sheet Settings.
Public Sub Say(ByVal text As String)
    On Error Resume Next
    Refresh.RangeOf("last_message").Value = text
    Refresh.RangeOf("message_count").Value = Val(Refresh.Text("message_count")) + 1
    MsgBox text, 64, "perfbook"
End Sub

' A second, in which the workbook stays alive.
Public Sub Pause()
    Application.Wait Now + TimeSerial(0, 0, 1)
    DoEvents
End Sub

' -- Cells --

' What a range holds, as an array from (1, 1).
Public Function Contents(ByVal area As Object, Optional ByVal links As Boolean = False) As Variant
    Dim held As Variant, one(1 To 1, 1 To 1) As Variant, row As Long, last As Long
    If IsLibreOffice() Then
        held = area.Value
    Else
        ' Value would turn money into four decimals and days into dates.
        held = area.Value2
    End If
    If IsArray(held) Then
        If links Then
            ' Links stand in the last column of a list, and are more than the text that they show.
            last = UBound(held, 2)
            For row = 1 To UBound(held, 1)
                If area.Cells(row, last).HasFormula Then held(row, last) = area.Cells(row, last).Formula
            Next row
        End If
        Contents = held
    Else
        one(1, 1) = held
        Contents = one
    End If
End Function

' Writes an array into a range of its size, all at once, and makes sure that it arrived.
Public Sub Fill(ByVal area As Object, ByVal values As Variant)
    Dim row As Long, column As Long, filled As Long, long1 As Collection, part As Variant
    Set long1 = New Collection
    For row = 1 To UBound(values, 1)
        For column = 1 To UBound(values, 2)
            If Not IsEmpty(values(row, column)) Then
                If VarType(values(row, column)) = vbString Then
                    If values(row, column) = "" Then
                        values(row, column) = Empty
                        filled = filled - 1
                    Else
                        ' Both hosts take a first apostrophe as the mark of a text and not as part of it.
                        If Left(values(row, column), 1) = "'" Then values(row, column) = "'" & values(row, column)
                        If Len(values(row, column)) > LONGEST Then
                            long1.Add Array(row, column, values(row, column))
                            values(row, column) = "-"
                        End If
                    End If
                End If
                filled = filled + 1
            End If
        Next column
    Next row
    ' LibreOffice leaves a cell alone for which the array has nothing.
    area.ClearContents
    If UBound(values, 1) = 1 And UBound(values, 2) = 1 Then
        If Not IsEmpty(values(1, 1)) Then area.Value = values(1, 1)
    Else
        area.Value = values
    End If
    For Each part In long1
        area.Cells(part(0), part(1)).Value = part(2)
    Next part
    If Application.WorksheetFunction.CountA(area) <> filled Then
        Err.Raise 1004, "perfbook", "the sheet " & area.Parent.Name & " does not take what is written; is it protected?"
    End If
End Sub

' Rows of an area, for their height.
Public Function Rows1(ByVal area As Object, ByVal first As Long, ByVal count As Long) As Object
    Set Rows1 = area.Parent.Rows((area.Row + first - 1) & ":" & (area.Row + first + count - 2))
End Function

' A part of one column of an area.
Public Function Column1(ByVal area As Object, ByVal first As Long, ByVal count As Long, ByVal column As Long) As Object
    Set Column1 = area.Parent.Range(area.Cells(first, column), area.Cells(first + count - 1, column))
End Function

' Empties cells that a list no longer needs, and takes their lines away.
Public Sub Bare(ByVal area As Object)
    area.ClearContents
    area.Borders.LineStyle = NO_LINE
End Sub

' Shows all rows of a list whose filter is set.
Public Sub Unfilter(ByVal area As Object, ByVal called As String)
    If IsLibreOffice() Then Exit Sub
    On Error Resume Next
    If area.Parent.ListObjects(called).ShowAutoFilter Then area.Parent.ListObjects(called).AutoFilter.ShowAllData
End Sub

' Lets a name mean another range.
Public Sub ResizeName(ByVal area As Object, ByVal called As String)
    If IsLibreOffice() Then
        LibreOffice.ResizeName called, area.Parent.Name, area.Address
    Else
        ThisWorkbook.Names(called).RefersTo = "='" & Replace(area.Parent.Name, "'", "''") & "'!" & area.Address
    End If
End Sub

' Lets the table that a list stands in, head included, end where the list ends.
Public Sub ResizeTable(ByVal area As Object, ByVal called As String)
    Dim whole As Object
    Set whole = area.Parent.Range(area.Parent.Cells(area.Row - 1, area.Column), _
        area.Parent.Cells(area.Row + area.Rows.Count - 1, area.Column + area.Columns.Count - 1))
    If IsLibreOffice() Then
        LibreOffice.ResizeTable called, area.Rows.Count
    Else
        area.Parent.ListObjects(called).Resize whole
    End If
End Sub

' -- Files --

Public Function TemporaryFolder() As String
    If IsMac() Or IsLibreOffice() Then TemporaryFolder = Environ("TMPDIR")
    If TemporaryFolder = "" Then TemporaryFolder = Environ("TEMP")
    If TemporaryFolder = "" Then TemporaryFolder = "/tmp"
    If Right(TemporaryFolder, 1) = Application.PathSeparator Then
        TemporaryFolder = Left(TemporaryFolder, Len(TemporaryFolder) - 1)
    End If
End Function

Public Function Exists(ByVal path As String) As Boolean
    On Error Resume Next
    If IsMac() Or IsLibreOffice() Then
        Exists = Dir(path) <> ""
    Else
        ' Dir knows only the letters of the system's code page.
        Exists = CreateObject("Scripting.FileSystemObject").FileExists(path)
    End If
End Function

Public Function FolderExists(ByVal path As String) As Boolean
    On Error Resume Next
    If IsMac() Or IsLibreOffice() Then
        FolderExists = Dir(path, 16) <> ""
    Else
        FolderExists = CreateObject("Scripting.FileSystemObject").FolderExists(path)
    End If
End Function

' The lines of an ASCII file, from 0; at least one.
Public Function ReadLines(ByVal path As String) As Variant
    Dim number As Integer, made() As String, count As Long, text As String
    If Not IsMac() And Not IsLibreOffice() Then
        ReadLines = Split(CreateObject("Scripting.FileSystemObject").OpenTextFile(path, 1).ReadAll, vbCrLf)
        Exit Function
    End If
    ReDim made(0 To 1023)
    number = FreeFile
    Open path For Input As #number
    Do While Not EOF(number)
        If count > UBound(made) Then
            ReDim Preserve made(0 To 2 * count)
        End If
        Line Input #number, text
        made(count) = text
        count = count + 1
    Loop
    Close #number
    If count = 0 Then count = 1
    ReDim Preserve made(0 To count - 1)
    ReadLines = made
End Function

Public Sub WriteText(ByVal path As String, ByVal text As String)
    Dim number As Integer
    If Not IsMac() And Not IsLibreOffice() Then
        With CreateObject("Scripting.FileSystemObject").CreateTextFile(path, True, False)
            .WriteLine text
            .Close
        End With
        Exit Sub
    End If
    number = FreeFile
    Open path For Output As #number
    Print #number, text
    Close #number
End Sub

Public Sub Rename(ByVal path As String, ByVal called As String)
    If IsMac() Or IsLibreOffice() Then
        Name path As called
    Else
        CreateObject("Scripting.FileSystemObject").MoveFile path, called
    End If
End Sub

Public Sub Remove(ByVal path As String)
    On Error Resume Next
    If IsMac() Or IsLibreOffice() Then
        Kill path
    Else
        CreateObject("Scripting.FileSystemObject").DeleteFile path
    End If
End Sub

' -- Processes --

' Starts perfbook and does not wait for it: it writes the file when it has ended, also when it failed.
Public Sub Start(ByVal command As String, ByVal folder As String, ByVal period As String, ByVal file As String)
    If IsMac() Then
        StartMac command & " consolidate -w " & Single1(folder) & " --period " & Single1(period) & " --tables " & Single1(file)
    ElseIf IsLibreOffice() Then
        Shell command & " consolidate -w " & Either(folder) & " --period " & Either(period) & " --tables " & Either(file), HIDDEN
    Else
        StartWindows command, folder, period, file
    End If
End Sub

' Paths go through the environment: what stands between per cent signs in a command line is replaced, once.
Private Sub StartWindows(ByVal command As String, ByVal folder As String, ByVal period As String, ByVal file As String)
    Dim host1 As Object, variables As Object
    Set host1 = CreateObject("WScript.Shell")
    Set variables = host1.Environment("PROCESS")
    If Right(folder, 1) = "\" Then folder = folder & "\"
    variables("PERFBOOK_FOLDER") = folder
    variables("PERFBOOK_PERIOD") = period
    variables("PERFBOOK_TABLES") = file
    host1.Run command & " consolidate -w ""%PERFBOOK_FOLDER%"" --period ""%PERFBOOK_PERIOD%"" --tables ""%PERFBOOK_TABLES%""", _
        HIDDEN, False
End Sub

' A Mac starts programs only through a script that an administrator has put where Excel may run it.
Private Sub StartMac(ByVal line As String)
    #If Mac Then
        AppleScriptTask SCRIPT, "start", line
    #End If
End Sub

' Quoted for the shell of a Mac.
Private Function Single1(ByVal text As String) As String
    Single1 = "'" & Replace(text, "'", "'\''") & "'"
End Function

' LibreOffice knows both quotation marks and no way to escape either.
Private Function Either(ByVal text As String) As String
    If InStr(text, """") = 0 Then
        Either = """" & text & """"
    ElseIf InStr(text, "'") = 0 Then
        Either = "'" & text & "'"
    Else
        Err.Raise 1004, "perfbook", "a folder's name holds both kinds of quotation marks: " & text
    End If
End Function
