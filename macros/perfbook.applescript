-- Lets Excel on a Mac start perfbook. Put it into ~/Library/Application Scripts/com.microsoft.Excel/
-- The line comes quoted; the process goes on while Excel waits for the file that it writes.
on start(commandLine)
	do shell script "PATH=$PATH:/usr/local/bin:/opt/homebrew/bin; " & commandLine & " > /dev/null 2>&1 &"
	return "started"
end start
