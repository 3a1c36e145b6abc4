package handout

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheetRows is how many rows fit below the names in a sheet.
const sheetRows = excelize.TotalRows - 1

// Sheets beside that of the list, which is named as its title.
const (
	groupsSheet = "Groups" // first, where a plan is behind the list
	aboutSheet  = "About"  // explains the columns
)

// exportXLSX writes a workbook: the groups, the list, streamed, and a sheet that
// explains it. Texts are text cells, which no spreadsheet takes for formulas; numbers,
// shares and days are typed. Nothing in it hangs on the clock.
func exportXLSX[R any](w io.Writer, columns []exportColumn[R], group func(*R) int, rows iter.Seq2[R, error], about About) (n int64, err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	if err := newSheets(book, about); err != nil {
		return 0, err
	}
	// The list is the only streamed sheet: excelize writes several in the
	// order of a map, which would differ from night to night.
	sheet, err := newListSheet(book, about, columns)
	if err != nil {
		return 0, err
	}
	of := map[int]int64{} // customers on the list, by group
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		if n == sheetRows {
			return n, fmt.Errorf("%w: a sheet holds %d customers; take fewer, or another format", ErrTooManyRows, sheetRows)
		}
		n++
		of[group(&row)]++
		if err := sheet.add(&row); err != nil {
			return n, err
		}
	}
	if err := sheet.finish(); err != nil {
		return n, err
	}
	if len(about.Groups) > 0 {
		if err := writeGroups(book, about, of); err != nil {
			return n, err
		}
	}
	if err := writeAbout(book, about, explained(columns), n); err != nil {
		return n, err
	}
	day := about.AsOf.String() + "T00:00:00Z"
	if err := book.SetDocProps(&excelize.DocProperties{Creator: "winback", Title: about.Title + " " + about.Run, Created: day, Modified: day}); err != nil {
		return n, err
	}
	_, err = book.WriteTo(w)
	return n, err
}

// newSheets makes the sheets of the groups, if there are any, and of the list.
func newSheets(book *excelize.File, about About) error {
	first := about.Title
	if len(about.Groups) > 0 {
		first = groupsSheet
	}
	if err := book.SetSheetName(book.GetSheetName(0), first); err != nil || first == about.Title {
		return err
	}
	_, err := book.NewSheet(about.Title)
	return err
}

// listSheet streams the rows of a list.
type listSheet[R any] struct {
	book    *excelize.File
	stream  *excelize.StreamWriter
	title   string
	columns []exportColumn[R]
	styles  [cellPhone + 1]int
	cells   []any // as excelize takes them
	row     int   // the last one written, from 1
}

func newListSheet[R any](book *excelize.File, about About, columns []exportColumn[R]) (*listSheet[R], error) {
	title := about.Title
	s := &listSheet[R]{book: book, title: title, columns: columns, row: 1}
	formats := [...]string{cellText: "@", cellWhole: "0", cellShare: "0.0%", cellMoney: moneyFormat(about.Currency), cellDay: "yyyy-mm-dd", cellPhone: "@"}
	for kind := range formats {
		look := excelize.Style{CustomNumFmt: &formats[kind], Alignment: &excelize.Alignment{Vertical: "top"}}
		if kind := cellKind(kind); kind == cellText || kind == cellPhone {
			// The indent keeps the text off the number in the column before it.
			look.Alignment = &excelize.Alignment{Horizontal: "left", Indent: 1, Vertical: "top", WrapText: kind == cellText}
		}
		style, err := book.NewStyle(&look)
		if err != nil {
			return nil, err
		}
		s.styles[kind] = style
	}
	heading, err := headingStyle(book, "center")
	if err != nil {
		return nil, err
	}
	if err := fitPrint(book, title, 1); err != nil {
		return nil, err
	}
	if s.stream, err = book.NewStreamWriter(title); err != nil {
		return nil, err
	}
	for i, c := range s.columns {
		if err := s.stream.SetColWidth(i+1, i+1, min(c.width, widestColumn)); err != nil {
			return nil, err
		}
		s.cells = append(s.cells, excelize.Cell{StyleID: heading, Value: c.name})
	}
	if err := s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	return s, s.stream.SetRow("A1", s.cells)
}

// widestColumn is the width of a column of long texts, which are wrapped, in
// characters.
const widestColumn = 44

// moneyFormat is the number format of amounts.
func moneyFormat(currency string) string {
	if currency == "" {
		return "#,##0.00"
	}
	return `#,##0.00\ "` + strings.ReplaceAll(currency, `"`, "") + `"`
}

func headingStyle(book *excelize.File, align string) (int, error) {
	return book.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Bold: true, Color: "FFFFFF", Family: "Calibri", Size: 11},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E79"}},
		Alignment: &excelize.Alignment{Horizontal: align},
	})
}

func (s *listSheet[R]) add(row *R) error {
	s.row++
	for i, c := range s.columns {
		cell := c.cell(row)
		s.cells[i] = excelize.Cell{StyleID: s.styles[cell.kind], Value: cellValue(cell)}
	}
	return s.stream.SetRow("A"+strconv.Itoa(s.row), s.cells)
}

// serialOf1970 is 1970-01-01 as spreadsheets count days.
const serialOf1970 = 25569

func (s *listSheet[R]) finish() error {
	last, err := excelize.CoordinatesToCellName(len(s.columns), s.row)
	if err != nil {
		return err
	}
	if err := printedColumns(s.book, s.title, s.columns, s.row); err != nil {
		return err
	}
	if err := s.book.AutoFilter(s.title, "A1:"+last, nil); err != nil {
		return err
	}
	return s.stream.Flush()
}

// explained are the columns' names and meanings.
func explained[R any](columns []exportColumn[R]) (lines [][2]string) {
	for _, c := range columns {
		lines = append(lines, [2]string{c.name, c.explain})
	}
	return lines
}

// writeAbout explains the list on a sheet of its own.
func writeAbout(book *excelize.File, about About, columns [][2]string, rows int64) error {
	if _, err := book.NewSheet(aboutSheet); err != nil {
		return err
	}
	lines := [][2]string{
		{about.Title, ""},
		{"Run", about.Run},
		{"As of", about.AsOf.String()},
		{"Taken", about.Selection},
		{"Customers", strconv.FormatInt(rows, 10)},
	}
	lines = append(lines, [2]string{}, [2]string{"Column", "Meaning"})
	headings := []int{1, len(lines)}
	for _, c := range columns {
		lines = append(lines, [2]string{c[0], strings.ReplaceAll(c[1], "the horizon", horizonWords(about.HorizonDays))})
	}
	for i, line := range lines {
		for j, text := range line {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if err := book.SetCellStr(aboutSheet, cell, text); err != nil {
				return err
			}
		}
	}
	return styleAbout(book, headings, len(lines))
}

func horizonWords(days int) string {
	if days <= 0 {
		return "the horizon"
	}
	return fmt.Sprintf("%d days from the as-of day", days)
}

func styleAbout(book *excelize.File, headings []int, rows int) error {
	wrapped, err := book.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	heading, err := headingStyle(book, "left")
	if err != nil {
		return err
	}
	if err := book.SetCellStyle(aboutSheet, "A1", "B"+strconv.Itoa(rows), wrapped); err != nil {
		return err
	}
	for _, row := range headings {
		at := strconv.Itoa(row)
		if err := book.SetCellStyle(aboutSheet, "A"+at, "B"+at, heading); err != nil {
			return err
		}
	}
	if err := book.SetColWidth(aboutSheet, "A", "A", 22); err != nil {
		return err
	}
	if err := book.SetColWidth(aboutSheet, "B", "B", 110); err != nil {
		return err
	}
	return fitPrint(book, aboutSheet, 0)
}
