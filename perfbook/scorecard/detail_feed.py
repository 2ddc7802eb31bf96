"""The hidden sheet Detail feed: everything that the sheet Detail and its charts show of the chosen measure, by formula.

Its shape is fixed: single values at the head, and a row for each of the newest periods up to the chosen one, oldest
first; on the right the same figures without gaps, as a process behaviour chart looks at them. Rows that a measure does
not need stand on the day of its last period and hold nothing, so that an axis of days ends where the figures do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from perfbook.scorecard.calc import Calc
from perfbook.scorecard.detail_values import NA, DetailValues
from perfbook.scorecard.places import CHOSEN_MEASURE
from perfbook.scorecard.view import View
from perfbook.scoring.spc import FINER, LEAST, MOST, PROCESS, RANGE, RUN
from perfbook.workbook.writer import Book, Value

SHEET = "Detail feed"
# Rows and columns from 0: single values in column B, the periods below their heads, one row more for the year's end.
_HEAD_COLUMN, _LABEL_COLUMN = 1, 0
_FIRST_COLUMN, _TOP, _FIRST = 3, 2, 3
_TOKEN = re.compile(r"\[(\w+)([<>]*)\]|\{(\w+)\}")
# [name] is the cell of a column in the row, [name<] the one above, [name>] the one below; {name} is a single value.
Templates = tuple[tuple[str, str], ...]


def _pick(name: str, nothing: str = '""') -> str:
    return f"IF({{row}}=0,{nothing},INDEX(<{name}>,{{row}}))"


_HEADS: Templates = (
    ("row", f'IF({CHOSEN_MEASURE}="",0,SUMPRODUCT((<label>={CHOSEN_MEASURE})*<n>))'),
    ("first", _pick("first_slot", "0")),
    # The figure's own period; where none is due, the last one that has ended.
    (
        "end",
        "IF({first}=0,0,IF(INDEX(<slot>,{row})>0,INDEX(<slot>,{row}),{first}-1+COUNTIFS(INDEX(slot_days,0,1),"
        '"<="&INDEX(period_days,period_number,1),INDEX(slot_days,0,3),{first})))',
    ),
    ("places", _pick("places", "0")),
    ("scale", _pick("scale", "1")),
    ("sign", _pick("sign", "0")),
    ("between", _pick("between", "0")),
    ("may", _pick("limits", "0")),
    ("adds_up", _pick("adds_up", "0")),
    ("format", _pick("number_format")),
    ("benchmark", 'IF({row}=0,"",IF(ISNUMBER(INDEX(<benchmark>,{row})),INDEX(<benchmark>,{row}),""))'),
    ("last_day", "IF({end}<{first},0,IF({end}=0,0,INDEX(slot_days,{end},1)))"),
    ("year_day", "IF({last_day}=0,0,INDEX(slot_days,{end},2))"),
    ("fine", f"{{places}}+{FINER}"),
    ("total", "MAX(|count|)"),
    ("has", f"IF(AND({{total}}>={LEAST},{{may}}=1),1,0)"),
    ("mean", 'IF({has}=1,AVERAGE(|x|),"")'),
    ("range", 'IF({has}=1,AVERAGE(|moving|),"")'),
    ("upper", f'IF({{has}}=1,{{mean}}+{PROCESS}*{{range}},"")'),
    ("lower", f'IF({{has}}=1,{{mean}}-{PROCESS}*{{range}},"")'),
    ("range_limit", f'IF({{has}}=1,{RANGE}*{{range}},"")'),
    ("near", f'IF({{has}}=1,2*{PROCESS}*{{range}}/3,"")'),
    ("target", 'IF({last_day}=0,"",INDEX(|target|,@last))'),
    ("target_high", 'IF({last_day}=0,"",INDEX(|target_high|,@last))'),
    ("rule", "IF({has}=1,INDEX(|rule|,{total}),0)"),
    ("direction", "IF({has}=1,INDEX(|direction|,{total}),0)"),
    (
        "variation",
        "IF({has}=0,0,IF({rule}=0,1,IF({sign}=0,IF({direction}>0,6,7),"
        "IF({direction}*{sign}>0,IF({direction}>0,2,3),IF({direction}>0,4,5)))))",
    ),
    (
        "assurance",
        "IF(OR({has}=0,NOT(ISNUMBER({target})),AND({sign}=0,{between}=0)),0,"
        "IF({sign}=1,IF(ROUND({lower}-{target},{fine})>=0,1,IF(ROUND({upper}-{target},{fine})<0,3,2)),"
        "IF({sign}=-1,IF(ROUND({upper}-{target},{fine})<=0,1,IF(ROUND({lower}-{target},{fine})>0,3,2)),"
        "IF(AND(ROUND({lower}-{target},{fine})>=0,ROUND({upper}-N({high}),{fine})<=0),1,"
        "IF(OR(ROUND({upper}-{target},{fine})<0,ROUND({lower}-N({high}),{fine})>0),3,2)))))",
    ),
    ("high", "IF(ISNUMBER({target_high}),{target_high},{target})"),
    ("forecast", ""),
    ("axis", 'IF({row}=0,"",IF({scale}=100,"Percent",INDEX(<unit>,{row})))'),
)


def _held(name: str) -> str:
    found = f"INDEX({name},{{row}},[slot])"
    return f'IF([there]=0,"",IF(ISNUMBER({found}),{found},""))'


_SHOWN = "IF(ISNUMBER([{0}]),[{0}]*{{scale}},NA())"
_POINT = "AND({has}=1,[k]<={total})"
_COLUMNS: Templates = (
    ("slot", f"IF({{end}}-{MOST}+[k]>=MAX({{first}},1),{{end}}-{MOST}+[k],0)"),
    (
        "actual",
        'IF([slot]=0,"",IF(ISNUMBER(INDEX(data_actual,{row},[slot])),'
        'ROUND(INDEX(data_actual,{row},[slot]),{places}),""))',
    ),
    ("there", "IF(N([there<])+ISNUMBER([actual])>0,1,0)"),
    ("day", "IF([there]=1,INDEX(slot_days,[slot],1),{last_day})"),
    ("label", 'IF([there]=1,INDEX(slot_labels,[slot],1),"")'),
    ("target", _held("data_target")),
    ("target_high", _held("data_target_high")),
    ("own_forecast", ""),
    ("status", 'IF([there]=0,"",INDEX(data_status,{row},[slot])&"")'),
    ("count", "N([count<])+ISNUMBER([actual])"),
    ("actual_c", _SHOWN.format("actual")),
    ("target_c", _SHOWN.format("target")),
    ("target_high_c", _SHOWN.format("target_high")),
    ("benchmark_c", "IF(AND([there]=1,ISNUMBER({benchmark})),{benchmark}*{scale},NA())"),
    ("forecast_c", "IF(AND(ISNUMBER({forecast}),[count]={total},ISNUMBER([actual])),[actual]*{scale},NA())"),
    # The figures without gaps, and what the rules look at.
    ("place", "IF([k]<={total},MATCH([k],|count|,0),0)"),
    ("x", 'IF([place]=0,"",INDEX(|actual|,[place]))'),
    ("x_day", "IF([place]=0,{last_day},INDEX(|day|,[place]))"),
    ("moving", 'IF(AND([k]>1,[place]>0),ABS([x]-[x<]),"")'),
    ("side", f"IF({_POINT},SIGN(ROUND([x]-{{mean}},{{fine}})),0)"),
    ("outside", f"IF({_POINT},IF(ROUND([x]-{{upper}},{{fine}})>0,1,IF(ROUND([x]-{{lower}},{{fine}})<0,-1,0)),0)"),
    (
        "close",
        f"IF({_POINT},IF([outside]=0,IF(ROUND(ABS([x]-{{mean}})-{{near}},{{fine}})>0,SIGN([x]-{{mean}}),0),0),0)",
    ),
    ("run", "IF(N([run<])*[side]>0,[run<]+[side],[side])"),
    ("whole", "IF([run]*N([run>])>0,[whole>],[run])"),
    ("step", f"IF({_POINT},IF([k]>1,SIGN(ROUND([x]-[x<],{{fine}})),0),0)"),
    ("rise", "IF(N([rise<])*[step]>0,[rise<]+[step],[step])"),
    ("climb", "IF([rise]*N([rise>])>0,[climb>],[rise])"),
    (
        "trend",
        f"IF(ABS([climb])>={RUN - 1},SIGN([climb]),IF(ABS(N([climb>]))>={RUN - 1},SIGN([climb>]),0))",
    ),
    (
        "window",
        "IF([k]<3,0,IF(AND([side]=[side<],[side]=[side<<],ABS([close])+ABS([close<])+ABS([close<<])>=2),1,0))",
    ),
    (
        "rule",
        f"IF([outside]<>0,1,IF([trend]<>0,2,IF(ABS([whole])>={RUN},3,"
        "IF(AND([close]<>0,MAX([window],[window>],[window>>])=1),4,0))))",
    ),
    ("direction", "CHOOSE([rule]+1,0,[outside],[trend],[side],[close])"),
    ("x_c", _SHOWN.format("x")),
    ("mean_c", f"IF({_POINT},{{mean}}*{{scale}},NA())"),
    ("upper_c", f"IF({_POINT},{{upper}}*{{scale}},NA())"),
    ("lower_c", f"IF({_POINT},{{lower}}*{{scale}},NA())"),
    ("aim_c", "IF([place]=0,NA(),INDEX(|target_c|,[place]))"),
    ("better_c", "IF(AND([rule]>0,[direction]*{sign}>0),[x]*{scale},NA())"),
    ("worse_c", "IF(AND([rule]>0,[direction]*{sign}<0),[x]*{scale},NA())"),
    ("other_c", "IF(AND([rule]>0,{sign}=0),[x]*{scale},NA())"),
)


@dataclass(frozen=True)
class DetailFeed:
    """Where things are on the sheet, and their values."""

    view: View
    calc: Calc
    values: DetailValues

    def head(self, name: str) -> str:
        """The reference of a single value."""
        place = [each for each, _ in _HEADS].index(name)
        return f"'{SHEET}'!$B${place + 1}"

    def column(self, name: str) -> int:
        """The column, from 0, of a value by period."""
        return _FIRST_COLUMN + 1 + [each for each, _ in _COLUMNS].index(name)

    def cell(self, name: str, place: int) -> str:
        """The reference of a value of a period, from 0, oldest first."""
        return f"'{SHEET}'!${xl_col_to_name(self.column(name))}${_FIRST + place + 1}"

    def area(self, name: str, rows: int = MOST) -> list[object]:
        """The values of all periods as XlsxWriter wants them."""
        column = self.column(name)
        return [SHEET, _FIRST, column, _FIRST + rows - 1, column]

    def cached(self, name: str, rows: int = MOST) -> list[Value | None]:
        """The values that a chart keeps beside a reference to them: nothing where there is nothing to draw."""
        held: Sequence[Value] = self.values.columns[name][:rows]
        return [None if value == NA else value for value in held]

    def write(self, book: Book) -> None:
        """The sheet."""
        sheet = book.sheet(SHEET, state="hidden")
        for place, (name, template) in enumerate(_HEADS):
            sheet.text(place, _LABEL_COLUMN, name)
            formula = self._filled(self._template(name, template), 0)
            sheet.formula(place, _HEAD_COLUMN, f"={formula}", self.values.heads[name])
        sheet.text(_TOP, _FIRST_COLUMN, "k")
        for column, (name, _) in enumerate(_COLUMNS, _FIRST_COLUMN + 1):
            sheet.text(_TOP, column, name)
        for place in range(MOST):
            row = _FIRST + place
            sheet.number(row, _FIRST_COLUMN, place + 1)
            for column, (name, template) in enumerate(_COLUMNS, _FIRST_COLUMN + 1):
                formula = self._filled(self._template(name, template), row)
                sheet.formula(row, column, f"={formula}", self.values.columns[name][place])
        self._year_end(sheet)

    def _year_end(self, sheet: object) -> None:
        """The row of the forecast, on the last day of the year."""
        row = _FIRST + MOST
        shown = f"ISNUMBER({self.head('forecast')})"
        for name, formula in (
            ("day", f"=IF({shown},{self.head('year_day')},{self.head('last_day')})"),
            ("forecast_c", f"=IF({shown},{self.head('forecast')}*{self.head('scale')},NA())"),
        ):
            sheet.formula(row, self.column(name), formula, self.values.columns[name][MOST])  # type: ignore[attr-defined]

    def _template(self, name: str, template: str) -> str:
        if name == "own_forecast":
            return _held("data_forecast") if self.view.forecast_rows else '""'
        if name == "forecast":
            # The forecast of a whole year does not stand beside figures that add up to it.
            return 'IF(OR({row}=0,{adds_up}=1),"",INDEX(<forecast>,{row}))' if self.view.forecast_rows else '""'
        return template

    def _filled(self, template: str, row: int) -> str:
        def reference(match: re.Match[str]) -> str:
            if match[3]:
                return self.head(match[3]).partition("!")[2]
            column = _FIRST_COLUMN if match[1] == "k" else self.column(match[1])
            shift = match[2].count(">") - match[2].count("<")
            return f"${xl_col_to_name(column)}{row + 1 + shift}"

        text = re.sub(r"<(\w+)>", lambda match: self.calc.column(match[1]), template)
        text = re.sub(r"\|(\w+)\|", lambda match: self._whole(match[1]), text)
        return _TOKEN.sub(reference, text).replace("@last", str(MOST))

    def _whole(self, name: str) -> str:
        letter = xl_col_to_name(self.column(name))
        return f"${letter}${_FIRST + 1}:${letter}${_FIRST + MOST}"
