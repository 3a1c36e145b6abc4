package handout

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func workbook(t *testing.T, about About, rows int) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	if _, err := Export(&out, XLSX, sequence(exportRows(rows)), about); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

func wantCells(t *testing.T, book *excelize.File, sheet string, cells map[string]string) {
	t.Helper()
	for cell, want := range cells {
		if got, err := book.GetCellValue(sheet, cell); err != nil || !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s %s is %q, %v; want %q", sheet, cell, got, err, want)
		}
	}
}

func TestExportXLSX_FirstSheetHasTheGroupsAndTheStopLine(t *testing.T) {
	book := workbook(t, testAbout, 5)
	wantCells(t, book, groupsSheet, map[string]string{
		"A1": "Recall list", "A2": "Run 2007-11-15-1, as of 2007-11-15: all groups", "A3": "Contact the groups in this order, 3 customers by the plan, and stop after group 1.",
		"A4": "Group", "E4": "Chance in 60 days", "A5": "1", "B5": "=Recent, repeat buyers", "C5": "2 or more orders", "D5": "3", "F5": "3", "E5": "25.0%", "K5": "61.50 EUR", "L5": "",
		"A6": "Stop here: reached: 1 of 1 expected returns after group 1", "A7": "2", "D7": "2", "F7": "0", "M7": "reached", "A8": "All", "D8": "5", "F8": "3",
	})
	if formula, err := book.GetCellFormula(groupsSheet, "B5"); err != nil || formula != "" {
		t.Errorf("B5 is the formula %q, %v", formula, err)
	}
	if panes, err := book.GetPanes(groupsSheet); err != nil || !panes.Freeze || panes.YSplit != groupHeadRows {
		t.Errorf("panes %+v, %v", panes, err)
	}
}

func TestExportXLSX_HoldoutSaysDoNotContact(t *testing.T) {
	about := testAbout
	about.Title = DoNotContact
	book := workbook(t, about, 2)
	if sheets := book.GetSheetList(); !slices.Equal(sheets, []string{"Groups", "Do not contact", "About"}) {
		t.Errorf("sheets %q", sheets)
	}
	wantCells(t, book, groupsSheet, map[string]string{"A1": "Do not contact", "A3": "These customers are held out: they get nothing", "A6": "2", "E4": "Chance in 60 days", "F4": ""})
	about.Groups = nil
	if sheets := workbook(t, about, 2).GetSheetList(); !slices.Equal(sheets, []string{"Do not contact", "About"}) {
		t.Errorf("without a plan: sheets %q", sheets)
	}
}

func TestExportXLSX_PrintsOnPagesThatAPersonReads(t *testing.T) {
	book := workbook(t, testAbout, 2)
	names := map[string]string{}
	for _, n := range book.GetDefinedName() {
		names[n.Scope+" "+n.Name] = n.RefersTo
	}
	for name, want := range map[string]string{
		"Groups _xlnm.Print_Titles": "'Groups'!$1:$4", "Recall list _xlnm.Print_Titles": "'Recall list'!$1:$1", "Recall list _xlnm.Print_Area": "'Recall list'!$A$1:$N$3",
	} {
		if names[name] != want {
			t.Errorf("%s is %q, want %q", name, names[name], want)
		}
	}
	for _, sheet := range book.GetSheetList() {
		layout, err := book.GetPageLayout(sheet)
		if err != nil || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 || *layout.FitToHeight != 0 || *layout.Size != a4 {
			t.Errorf("%s: %+v, %v", sheet, layout, err)
		}
		footer, err := book.GetHeaderFooter(sheet)
		if err != nil || footer.OddFooter != "&L&A&RPage &P of &N" {
			t.Errorf("%s: %+v, %v", sheet, footer, err)
		}
	}
}
