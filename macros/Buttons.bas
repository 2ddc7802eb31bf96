Attribute VB_Name = "Buttons"
Option Explicit
' What the buttons do. Each ends in exactly one message.

' Whether a consolidation is running.
Public Busy As Boolean

' Fetches fresh tables from perfbook and puts them in place of the old ones.
Public Sub Consolidate()
    Dim said As String, answer As Variant, fresh As Variant
    If Busy Then
        Host.Say "A consolidation is running already. Wait until it has ended."
        Exit Sub
    End If
    Busy = True
    On Error GoTo Failed
    Host.Quiet
    said = Reach.Fetch(answer)
    If said = "" Then said = Tables.Understood(answer, fresh)
    If said = "" Then said = Refresh.Fits(fresh)
    If said = "" Then said = Refresh.Swap(fresh)
    If said = "" Then
        said = "Consolidated " & fresh(Tables.PERIOD) & ", as at " & fresh(Tables.AS_AT) & ": " & _
            fresh(Tables.RECEIVED) & " of " & fresh(Tables.EXPECTED) & " returns received."
    Else
        said = said & " Nothing in this workbook was changed."
    End If
Ended:
    On Error Resume Next
    Host.Loud
    Busy = False
    Host.Say said
    Exit Sub
Failed:
    said = "The consolidation stopped: " & Err.Description & " (error " & Err.Number & "). Nothing in this workbook was changed."
    Resume Ended
End Sub

' Goes to the passport of the figure in the row of the cell that is selected.
Public Sub TraceFigure()
    Dim said As String, place As Long
    On Error GoTo Failed
    place = Find.PassportRow(ActiveSheet.Name, ActiveCell.Row, said)
    If place > 0 Then
        Application.Goto Refresh.RangeOf("list_passport").Cells(place, 1)
    Else
        Host.Say said
    End If
    Exit Sub
Failed:
    Host.Say "Select a cell in the row of a measure first."
End Sub

' Opens, for reading only, the return that the selected row comes from.
Public Sub OpenReturn()
    Dim said As String, path As String
    On Error GoTo Failed
    path = Find.ReturnPath(ActiveSheet.Name, ActiveCell.Row, said)
    If path = "" Then
        Host.Say said
    Else
        Workbooks.Open path, 0, True
    End If
    Exit Sub
Failed:
    Host.Say "The return could not be opened: " & Err.Description
End Sub

' Says what this book is and how it reaches perfbook.
Public Sub AboutPerfbook()
    Host.Say Refresh.Text("made_by") & ". Scorecard of " & Refresh.Text("own_period") & ", as at " & Refresh.Text("as_at_text") & _
        "; framework " & Refresh.Text("framework_version") & ", layout " & Refresh.Text("layout_version") & "." & vbLf & _
        "Reaches perfbook " & IIf(Reach.ByMailbox, "through the mailbox of ", "as a process, in ") & Reach.Workspace & "."
End Sub

' The ribbon hands over its control, which nobody here needs.
Public Sub RibbonConsolidate(control As Object)
    Consolidate
End Sub

Public Sub RibbonTrace(control As Object)
    TraceFigure
End Sub

Public Sub RibbonOpen(control As Object)
    OpenReturn
End Sub

Public Sub RibbonAbout(control As Object)
    AboutPerfbook
End Sub
