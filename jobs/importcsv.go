package jobs

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"winback/data/csvimport"
	"winback/data/parse"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/wording"
)

// ImportSettings are what Import reads.
type ImportSettings struct {
	settings.Dates
	settings.Modes
	Out string // folder of the Parquet files
}

// Settings lists them.
func (s *ImportSettings) Settings() []settings.Setting {
	return append(settings.Rows(&s.Dates, &s.Modes), settings.Folder(&s.Out, "folder for the Parquet files", ""))
}

// Import turns CSV files into Parquet files in the folder s.Out and prints what
// each column became.
func Import(ctx context.Context, s ImportSettings, files []string, ui console.UI) error {
	if err := settings.OnDisk("CSV", files...); err != nil {
		return err
	}
	order, err := parse.ParseDateOrder(s.DateFormat)
	if err != nil {
		return &settings.Error{Where: "--date-format", Text: err.Error()}
	}
	stage := ui.Stage("import", 0, "rows, each read twice")
	imported, err := csvimport.Import(ctx, s.FS(), files, s.Out, csvimport.Spec{Dates: order, Decimal: s.Decimal, Progress: stage.Add})
	if err != nil {
		return err
	}
	stage.Done("")
	for _, file := range imported {
		if !strings.HasPrefix(filepath.Base(file.Path), filepath.Base(file.Source)[:1]) {
			ui.Note(fmt.Sprintf("%s becomes %s: readers of folders pass over names that begin with _ or .", file.Source, filepath.Base(file.Path)))
		}
		lines := []string{fmt.Sprintf("%s -> %s: %s rows", file.Source, file.Path, wording.Thousands(file.Rows))}
		for _, column := range file.Columns {
			line := fmt.Sprintf("  %-24s %s", column.Name, column.Type)
			if column.Empty > 0 {
				line += fmt.Sprintf(", %s empty", wording.Thousands(column.Empty))
			}
			lines = append(lines, line)
		}
		if err := ui.Print(lines...); err != nil {
			return err
		}
	}
	return ui.Print("Next: winback check " + shellWord(strings.TrimSuffix(s.Out, "/")))
}
