package handout

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"winback/data/tables"
)

// DoNotContact is the title of the list of those who are held out.
const DoNotContact = "Do not contact"

// groupColumn is a column of the sheet of the groups.
type groupColumn struct {
	name  string
	kind  cellKind
	width float64
	total bool // summed in the last row
	cell  func(g *tables.GroupRow, listed int64) exportCell
}

func groupColumns(about About) []groupColumn {
	columns := []groupColumn{
		{"Group", cellWhole, 8, false, func(g *tables.GroupRow, _ int64) exportCell { return wholeCell(int64(g.Group)) }},
		{"Name", cellText, 26, false, func(g *tables.GroupRow, _ int64) exportCell { return textCell(g.Name) }},
		{"Rule", cellText, 52, false, func(g *tables.GroupRow, _ int64) exportCell { return textCell(g.Rule) }},
		{"On this list", cellWhole, 10, true, func(_ *tables.GroupRow, listed int64) exportCell { return wholeCell(listed) }},
		{"Chance in " + daysWords(about.HorizonDays), cellShare, 11, false, func(g *tables.GroupRow, _ int64) exportCell { return numberCell(cellShare, g.Probability) }},
	}
	if about.Title == DoNotContact {
		return columns
	}
	return append(columns, []groupColumn{
		{"To contact by the plan", cellWhole, 11, true, func(g *tables.GroupRow, _ int64) exportCell { return wholeCell(g.RecommendedContacts) }},
		{"At least", cellShare, 9, false, func(g *tables.GroupRow, _ int64) exportCell { return numberCell(cellShare, g.ProbabilityLow) }},
		{"At most", cellShare, 9, false, func(g *tables.GroupRow, _ int64) exportCell { return numberCell(cellShare, g.ProbabilityHigh) }},
		{"Returns of all in the group", cellWhole, 12, false, func(g *tables.GroupRow, _ int64) exportCell { return rounded(g.ExpectedReturns) }},
		{"Returns with the groups before", cellWhole, 13, false, func(g *tables.GroupRow, _ int64) exportCell { return rounded(g.CumulativeExpectedReturns) }},
		{"Spend of one who returns", cellMoney, 14, false, func(g *tables.GroupRow, _ int64) exportCell { return numberCell(cellMoney, g.ExpectedSpend) }},
		{"Cost of contacting all", cellMoney, 14, false, func(g *tables.GroupRow, _ int64) exportCell { return numberCell(cellMoney, g.ContactCost) }},
		{"Note", cellText, 40, false, func(g *tables.GroupRow, _ int64) exportCell { return textCell(g.Note) }},
	}...)
}

func daysWords(days int) string {
	if days <= 0 {
		return "the horizon"
	}
	return strconv.Itoa(days) + " days"
}

func rounded(v float64) exportCell {
	return exportCell{kind: cellWhole, whole: int64(math.Round(v)), empty: math.IsNaN(v)}
}

// groupHeadRows are the rows above the groups: title, what it is of, when to stop, and
// the names of the columns.
const groupHeadRows = 4

// writeGroups fills the sheet of the groups: rules and figures of each, how many of it
// are on the list, and the line at which to stop.
func writeGroups(book *excelize.File, about About, listed map[int]int64) error {
	s := &groupSheet{book: book, columns: groupColumns(about)}
	if err := s.style(about.Currency); err != nil {
		return err
	}
	s.text(1, about.Title, s.title)
	s.text(2, fmt.Sprintf("Run %s, as of %s: %s", about.Run, about.AsOf, about.Selection), s.plain)
	s.text(3, stopWords(about), s.strong)
	for i, c := range s.columns {
		s.set(i, groupHeadRows, c.name, s.heading)
	}
	row, last := groupHeadRows, lastRecommended(about.Groups)
	for i := range about.Groups {
		g := &about.Groups[i]
		row++
		s.group(row, g, listed[int(g.Group)])
		if i != last || about.Title == DoNotContact {
			continue
		}
		if why := stopReason(about.Groups, i); why != "" {
			row++
			s.line(row, "Stop here: "+strings.TrimSuffix(why, "."))
		}
	}
	s.totals(row+1, about.Groups, listed)
	return s.finish()
}

// lastRecommended is the place of the last group that the plan recommends; -1 for none.
func lastRecommended(groups []tables.GroupRow) int {
	last := -1
	for i := range groups {
		if groups[i].Recommended {
			last = i
		}
	}
	return last
}

// stopReason says why it ends there: the note of the first group behind; "" where
// there is none.
func stopReason(groups []tables.GroupRow, last int) string {
	if g := &groups[last]; g.RecommendedContacts < g.ContactCustomers {
		return fmt.Sprintf("of group %d the first %d by rank, %s", g.Group, g.RecommendedContacts, g.Note)
	}
	if last+1 < len(groups) {
		return groups[last+1].Note
	}
	return ""
}

// stopWords is the sentence above the groups.
func stopWords(about About) string {
	last := lastRecommended(about.Groups)
	switch {
	case about.Title == DoNotContact:
		return "These customers are held out: they get nothing, so that the effect of contacting the others can be measured."
	case last < 0:
		return "The plan recommends no group."
	case stopReason(about.Groups, last) == "":
		return "Contact the groups in this order."
	}
	contacts := int64(0)
	for i := range about.Groups {
		contacts += about.Groups[i].RecommendedContacts
	}
	return fmt.Sprintf("Contact the groups in this order, %d customers by the plan, and stop after group %d.", contacts, about.Groups[last].Group)
}

// groupSheet writes cells and keeps the first error.
type groupSheet struct {
	book                                     *excelize.File
	columns                                  []groupColumn
	kinds                                    [cellPhone + 1]int
	title, plain, strong, heading, stop, sum int
	err                                      error
}

func (s *groupSheet) style(currency string) error {
	formats := [...]string{cellText: "@", cellWhole: "#,##0", cellShare: "0.0%", cellMoney: moneyFormat(currency), cellDay: "yyyy-mm-dd", cellPhone: "@"}
	for kind := range formats {
		s.kinds[kind] = s.newStyle(&excelize.Style{CustomNumFmt: &formats[kind], Alignment: &excelize.Alignment{Vertical: "top", WrapText: cellKind(kind) == cellText}})
	}
	s.title = s.newStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}})
	s.plain = s.newStyle(&excelize.Style{Font: &excelize.Font{Size: 11}})
	s.strong = s.newStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 11}})
	s.stop = s.newStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"9C0006"}}})
	whole := "#,##0"
	s.sum = s.newStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, CustomNumFmt: &whole, Border: []excelize.Border{{Type: "top", Style: 1, Color: "000000"}}})
	s.heading = s.newStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true, Color: "FFFFFF", Family: "Calibri", Size: 11},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E79"}},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true},
	})
	return s.err
}

func (s *groupSheet) newStyle(style *excelize.Style) int {
	id, err := s.book.NewStyle(style)
	s.keep(err)
	return id
}

func (s *groupSheet) keep(err error) {
	if s.err == nil {
		s.err = err
	}
}

// set writes a cell: a text as text, a number as number, nothing for nil.
func (s *groupSheet) set(column, row int, value any, style int) {
	cell, err := excelize.CoordinatesToCellName(column+1, row)
	s.keep(err)
	switch v := value.(type) {
	case nil:
	case string:
		s.keep(s.book.SetCellStr(groupsSheet, cell, v))
	default:
		s.keep(s.book.SetCellValue(groupsSheet, cell, v))
	}
	s.keep(s.book.SetCellStyle(groupsSheet, cell, cell, style))
}

func (s *groupSheet) text(row int, text string, style int) { s.set(0, row, text, style) }

func (s *groupSheet) group(row int, g *tables.GroupRow, listed int64) {
	for i, c := range s.columns {
		s.set(i, row, cellValue(c.cell(g, listed)), s.kinds[c.kind])
	}
}

// cellValue is a value as excelize takes it; nil for an empty one.
func cellValue(c exportCell) any {
	switch {
	case c.empty:
		return nil
	case c.kind == cellText, c.kind == cellPhone:
		return c.text
	case c.kind == cellDay:
		return c.whole + serialOf1970
	case c.kind == cellWhole:
		return c.whole
	}
	return c.number
}

// line draws the line at which to stop.
func (s *groupSheet) line(row int, text string) {
	for i := range s.columns {
		s.set(i, row, nil, s.stop)
	}
	s.text(row, text, s.stop)
}

// totals adds up what can be added: who is on the list, and who is by the plan.
func (s *groupSheet) totals(row int, groups []tables.GroupRow, listed map[int]int64) {
	for i, c := range s.columns {
		var total any
		if c.total {
			sum := int64(0)
			for g := range groups {
				sum += c.cell(&groups[g], listed[int(groups[g].Group)]).whole
			}
			total = sum
		}
		s.set(i, row, total, s.sum)
	}
	s.text(row, "All", s.sum)
}

func (s *groupSheet) finish() error {
	for i, c := range s.columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		s.keep(err)
		s.keep(s.book.SetColWidth(groupsSheet, name, name, c.width))
	}
	s.keep(s.book.SetRowHeight(groupsSheet, groupHeadRows, 46))
	s.keep(s.book.SetPanes(groupsSheet, &excelize.Panes{Freeze: true, YSplit: groupHeadRows, TopLeftCell: fmt.Sprintf("A%d", groupHeadRows+1), ActivePane: "bottomLeft"}))
	s.keep(fitPrint(s.book, groupsSheet, groupHeadRows))
	return s.err
}
