package handout

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// a4 is the number of the paper in workbooks.
const a4 = 9

// fitPrint makes a sheet print in landscape on A4, as wide as the page and as long as
// it is, with numbers on the pages and the first titles rows on each; 0 for none.
func fitPrint(book *excelize.File, sheet string, titles int) error {
	fit, orientation, wide, long, paper := true, "landscape", 1, 0, a4
	if err := book.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := book.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &paper, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &long}); err != nil {
		return err
	}
	if err := book.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&RPage &P of &N"}); err != nil {
		return err
	}
	if titles == 0 {
		return nil
	}
	return book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: sheet, RefersTo: fmt.Sprintf("%s!$1:$%d", quotedSheet(sheet), titles)})
}

func quotedSheet(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

// printedWidth is how many characters fit beside each other on a page of A4 in
// landscape at 7 points, the size of small print that a person still reads.
const printedWidth = 220

// printedColumns prints the columns of a list that fit on a page, the first ones, down
// to its last row. The others are in the sheet.
func printedColumns[R any](book *excelize.File, sheet string, columns []exportColumn[R], row int) error {
	width, last := 0.0, 0
	for i, c := range columns {
		if width += min(c.width, widestColumn); width > printedWidth && i > 0 {
			break
		}
		last = i + 1
	}
	if last == len(columns) {
		return nil
	}
	name, err := excelize.ColumnNumberToName(last)
	if err != nil {
		return err
	}
	return book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", Scope: sheet, RefersTo: fmt.Sprintf("%s!$A$1:$%s$%d", quotedSheet(sheet), name, row)})
}
