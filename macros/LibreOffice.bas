Attribute VB_Name = "LibreOffice"
' What only LibreOffice can do. Excel never runs this; without Option Explicit it can compile names that it does not know.

' Lets the range behind a filter cover so many rows below its head.
Public Sub ResizeTable(ByVal called As String, ByVal count As Long)
    Dim whole As Variant, ranges As Variant
    ranges = ThisComponent.DatabaseRanges
    If Not ranges.hasByName(called) Then Exit Sub
    whole = ranges.getByName(called).DataArea
    whole.EndRow = whole.StartRow + count
    ranges.getByName(called).DataArea = whole
End Sub

' Lets a name mean another range. Formulas that use the name would keep the old one if VBA changed it.
Public Sub ResizeName(ByVal called As String, ByVal sheet As String, ByVal address As String)
    ThisComponent.NamedRanges.getByName(called).setContent("$'" & Replace(sheet, "'", "''") & "'." & address)
End Sub
