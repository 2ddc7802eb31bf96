Attribute VB_Name = "Reach"
Option Explicit
' Two ways to perfbook: as a process of this computer, or through the mailbox of a workspace that perfbook watch serves.

Private Const DIGITS As String = "0123456789abcdefghijklmnopqrstuvwxyz"

' Whether the setting says mailbox.
Public Function ByMailbox() As Boolean
    ByMailbox = LCase(Trim(Refresh.Text("setting_way"))) = "mailbox"
End Function

' The workspace folder; a relative setting counts from the folder of this workbook.
Public Function Workspace() As String
    Dim folder As String
    folder = Trim(Refresh.Text("setting_workspace"))
    If Left(folder, 1) <> "/" And Left(folder, 1) <> "\" And Mid(folder, 2, 1) <> ":" Then
        folder = ThisWorkbook.Path & Application.PathSeparator & folder
    End If
    If Application.PathSeparator = "\" Then folder = Replace(folder, "/", "\")
    Do While Len(folder) > 3 And (Right(folder, 1) = "/" Or Right(folder, 1) = "\")
        folder = Left(folder, Len(folder) - 1)
    Loop
    Workspace = folder
End Function

' A path below a folder.
Public Function Below(ByVal folder As String, ByVal called As String) As String
    Below = folder & Application.PathSeparator & called
End Function

' Has perfbook consolidate. The answer is empty and the lines are there, or it says why not.
Public Function Fetch(ByRef lines As Variant) As String
    If InStr(Workspace(), "://") > 0 Then
        Fetch = "This workbook lies on the web, where perfbook cannot find its workspace. " & _
            "Write the folder of the workspace on the sheet Settings."
    ElseIf ByMailbox() Then
        Fetch = FetchByMailbox(lines)
    Else
        Fetch = FetchByProcess(lines)
    End If
End Function

Private Function FetchByProcess(ByRef lines As Variant) As String
    Dim file As String, command As String
    file = Below(Host.TemporaryFolder(), "perfbook-" & Identity() & ".json")
    command = Trim(Refresh.Text("setting_command"))
    On Error GoTo Failed
    Host.Start command, Workspace(), Refresh.Text("own_period"), file
    On Error GoTo 0
    If Await(file, lines, "perfbook is consolidating") Then Exit Function
    FetchByProcess = "perfbook did not answer within " & Limit() & " seconds. Is the command " & command & " right, and the folder " & _
        Workspace() & "? Both stand on the sheet Settings."
    Exit Function
Failed:
    FetchByProcess = "perfbook could not be started with the command " & command & " (" & Err.Description & "). " & _
        "If programs may not be started from here, use the mailbox."
End Function

Private Function FetchByMailbox(ByRef lines As Variant) As String
    Dim folder As String, called As String, request As String, written As String
    folder = Below(Workspace(), "mailbox")
    called = Identity()
    If Not Host.FolderExists(folder) Then
        FetchByMailbox = "There is no folder " & folder & ". Is perfbook watch running there?"
        Exit Function
    End If
    request = Below(folder, "request-" & called & ".json")
    written = Below(folder, ".~" & called & ".tmp")
    On Error GoTo Failed
    Host.WriteText written, "{""request"":""tables"",""period"":""" & Ascii(Refresh.Text("own_period")) & """,""id"":""" & called & """}"
    Host.Rename written, request
    On Error GoTo 0
    If Await(Below(folder, "answer-" & called & ".json"), lines, "waiting for perfbook watch") Then Exit Function
    Host.Remove request
    FetchByMailbox = "No answer came within " & Limit() & " seconds. Is perfbook watch running for " & Workspace() & "?"
    Exit Function
Failed:
    FetchByMailbox = "The request could not be left in " & folder & " (" & Err.Description & "). Is perfbook watch running there?"
End Function

' Waits until the file is there and whole, counting in the status bar; False when the limit is reached.
Private Function Await(ByVal file As String, ByRef lines As Variant, ByVal what As String) As Boolean
    Dim started As Double, seconds As Long, tries As Long
    started = CDbl(Now)
    Do
        seconds = CLng((CDbl(Now) - started) * 86400)
        If Host.Exists(file) Then
            lines = Host.ReadLines(file)
            tries = tries + 1
            ' A file that comes over a network may be seen before it is whole.
            If EndsWell(lines) Or tries >= 3 Then
                Host.Remove file
                Await = True
                Exit Function
            End If
        End If
        If seconds >= Limit() Then Exit Function
        Host.Status what & ": " & seconds & " s (" & Limit() & " s at most)"
        Host.Pause
    Loop
End Function

Private Function EndsWell(ByVal lines As Variant) As Boolean
    Dim last As Long
    last = UBound(lines)
    Do While last > 0
        If lines(last) <> "" And lines(last) <> "}" Then Exit Do
        last = last - 1
    Loop
    EndsWell = InStr(lines(last), """end"":""perfbook""") > 0 Or (InStr(lines(0), """ok"":false") > 0 And Right(lines(0), 1) = "}")
End Function

Private Function Limit() As Long
    Limit = CLng(Val(Refresh.Text("setting_limit")))
    If Limit < 1 Then Limit = 1
End Function

' A name that no other click has.
Private Function Identity() As String
    Dim place As Long
    Randomize
    For place = 1 To 20
        Identity = Identity & Mid(DIGITS, 1 + Int(Rnd() * Len(DIGITS)), 1)
    Next place
End Function

' The text for JSON: whatever is not a plain letter, digit or blank by its number.
Private Function Ascii(ByVal text As String) As String
    Dim place As Long, sign As String, code As Long
    For place = 1 To Len(text)
        sign = Mid(text, place, 1)
        code = AscW(sign)
        If code < 0 Then code = code + 65536
        If sign Like "[A-Za-z0-9 -]" Then
            Ascii = Ascii & sign
        Else
            Ascii = Ascii & "\u" & Right("000" & Hex(code), 4)
        End If
    Next place
End Function
