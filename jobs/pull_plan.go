package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline"
)

// noteUnplanned warns when a list takes customers of groups that the plan does
// not recommend.
func noteUnplanned(files fsys.FS, runDir string, s *PullSettings, ui console.UI) error {
	if s.List != settings.ListContacts {
		return nil
	}
	groups, err := readGroups(files, filepath.Join(runDir, pipeline.GroupsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the lists themselves say what is wrong with the run
	}
	if err != nil {
		return err
	}
	var unplanned []int
	why := ""
	for _, g := range groups {
		if taken := s.Groups == nil || slices.Contains(s.Groups, int(g.Group)); taken && s.Top == 0 && g.Recommended && g.RecommendedContacts < g.ContactCustomers {
			ui.Warn(fmt.Sprintf("of group %d the plan recommends the first %s of %s by rank (%s)", g.Group, Thousands(g.RecommendedContacts), customersWords(g.ContactCustomers), g.Note))
		}
		if !g.Recommended && (s.Groups == nil || slices.Contains(s.Groups, int(g.Group))) {
			unplanned = append(unplanned, int(g.Group))
			if why == "" {
				why = g.Note
			}
		}
	}
	if len(unplanned) > 0 && s.Top == 0 {
		ui.Warn(fmt.Sprintf("the list takes in %s, which the plan does not recommend (%s); --groups chooses", groupWords(unplanned), why))
	}
	return nil
}

func readGroups(files fsys.FS, path string) ([]data.GroupRow, error) {
	file, err := files.Open(path)
	if err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	var rows []data.GroupRow
	for row, err := range data.ReadGroups(file, info.Size()) {
		if err != nil {
			return nil, &data.InputError{Path: path, Err: err}
		}
		rows = append(rows, row)
	}
	return rows, nil
}
