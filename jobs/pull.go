package jobs

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/internal/fsys"
	"winback/pipeline"
	"winback/pipeline/publish"
)

// Pull hands out a list of the newest run in s.Out: to s.Output, or to standard
// output where that is empty. Whoever is on the suppression list named now is
// left out, whatever the run knew.
func Pull(ctx context.Context, s Settings, ui UI) error {
	files := fsys.OS()
	format, err := pullFormat(&s, ui)
	if err != nil {
		return err
	}
	suppressed, err := readSuppressions(files, &s)
	if err != nil {
		return err
	}
	runDir, manifest, err := publish.Current(files, s.Out)
	if err != nil {
		return unreadableRun(err)
	}
	asOf, err := data.ParseDay(manifest.AsOf)
	if err != nil {
		return &ExitError{ExitInput, fmt.Errorf("%s: %w", filepath.Join(runDir, publish.ManifestFile), err)}
	}
	err = publish.CheckFiles(files, runDir, manifest, func(path string) bool { return pulls(&s, path) })
	if err != nil {
		return unreadableRun(err)
	}
	if err := s.knownInRun(ctx, files, runDir, suppressed, ui); err != nil {
		return err
	}
	if s.List == ListDeadlines {
		return pullDeadlines(ctx, files, runDir, &s, format, pipeline.ExportAbout{Run: manifest.RunID, AsOf: asOf, HorizonDays: horizonOf(files, runDir)}, suppressed, ui)
	}
	if err := noteMissingGroups(files, runDir, &s, ui); err != nil {
		return err
	}
	if err := noteUnplanned(files, runDir, &s, ui); err != nil {
		return err
	}
	if err := channelKnown(ctx, files, runDir, &s); err != nil {
		return err
	}
	rows := listRows(files, runDir, &s)
	about := pipeline.ExportAbout{Title: "Recall list", Run: manifest.RunID, AsOf: asOf, HorizonDays: horizonOf(files, runDir), Selection: selection(&s)}
	if s.List == ListHoldout {
		about.Title = "Holdout"
	}
	filter := pipeline.ExportFilter{Groups: s.Groups, Channel: s.Channel, Suppressed: suppressed, Top: s.Top}
	rows = filter.Select(untilCanceled(ctx, rows))
	return handOut(files, s.Output, ui, about, "fits", func(w io.Writer) (int64, error) { return pipeline.Export(w, format, rows, about) })
}

// handOut writes a list to a file, whole or not at all, or to standard output
// where path is empty, and says how many customers are on it. Where there are
// none, it says that none does what none says.
func handOut(files fsys.FS, path string, ui UI, about pipeline.ExportAbout, none string, export func(io.Writer) (int64, error)) error {
	n := int64(0)
	write := func(w io.Writer) (err error) {
		n, err = export(w)
		return err
	}
	var err error
	if path == "" {
		buffered := bufio.NewWriter(ui.Out)
		err = errors.Join(write(buffered), buffered.Flush())
	} else {
		err = publish.WriteFile(files, path, write)
	}
	if errors.Is(err, pipeline.ErrTooManyRows) {
		return &ExitError{ExitUsage, err}
	}
	if err != nil {
		return err
	}
	if n == 0 {
		ui.Warn("no customer of run " + about.Run + " " + none + "; the list is empty")
	}
	ui.Note(fmt.Sprintf("%s (%s) of run %s, as of %s%s", customersWords(n), about.Selection, about.Run, about.AsOf, into(path)))
	return nil
}

// pulls says whether a list is made from the file at that path of the run.
func pulls(s *Settings, path string) bool {
	switch s.List {
	case ListDeadlines:
		return path == DeadlinesFile
	case ListHoldout:
		return path == pipeline.HoldoutFile
	}
	folder, _, ok := strings.Cut(strings.TrimPrefix(path, pipeline.ContactsFolder+"/"), "/")
	if !ok || !strings.HasPrefix(path, pipeline.ContactsFolder+"/") {
		return path == pipeline.GroupsFile
	}
	return s.Groups == nil || slices.ContainsFunc(s.Groups, func(g int) bool { return data.GroupFolder(g) == folder })
}

// listRows are the rows of the list asked for, in rank order.
func listRows(files fsys.FS, runDir string, s *Settings) iter.Seq2[data.ContactRow, error] {
	if s.List == ListHoldout {
		return pipeline.ReadHoldout(files, runDir)
	}
	return pipeline.ReadContactLists(files, runDir, s.Groups)
}

// channelKnown refuses a channel that no customer of the list prefers, and
// names those that there are.
func channelKnown(ctx context.Context, files fsys.FS, runDir string, s *Settings) error {
	if s.Channel == "" {
		return nil
	}
	known := map[string]bool{}
	for row, err := range untilCanceled(ctx, listRows(files, runDir, s)) {
		if err != nil {
			return err
		}
		if row.PreferredChannel == s.Channel {
			return nil
		}
		known[row.PreferredChannel] = true
	}
	delete(known, "")
	text := fmt.Sprintf("nobody on this list prefers %q", s.Channel)
	if names := slices.Sorted(maps.Keys(known)); len(names) > 0 {
		text += "; the channels are " + strings.Join(names, ", ")
	} else {
		text += "; it knows no channels"
	}
	return &SettingsError{Where: "--channel", Text: text}
}

func into(path string) string {
	if path == "" {
		return ""
	}
	return " -> " + path
}

// pullFormat is the format asked for, by name or by the ending of the file.
func pullFormat(s *Settings, ui UI) (pipeline.ExportFormat, error) {
	format := s.Format
	byName, known := pipeline.ExportFormatOf(s.Output)
	switch {
	case format == "" && known:
		format = byName
	case format == "" && s.Output != "" && filepath.Ext(s.Output) != "":
		return "", &SettingsError{Where: "--output", Text: fmt.Sprintf("the ending of %q names no format; end it in .csv, .xlsx, .parquet or .json, or add --format", s.Output)}
	case format == "":
		format = pipeline.ExportCSV
	case known && byName != format:
		return "", &SettingsError{Where: "--format", Text: fmt.Sprintf("%s does not fit the file %s; change one of them", format, s.Output)}
	}
	if s.Output == "" && ui.OutTerminal && (format == pipeline.ExportXLSX || format == pipeline.ExportParquet) {
		return "", &SettingsError{Where: "--format", Text: fmt.Sprintf("%s does not belong on a terminal; name a file with -o", format)}
	}
	return format, nil
}

// unreadableRun gives the error of a published run its exit code.
func unreadableRun(err error) error {
	if errors.Is(err, publish.ErrNoRun) || errors.Is(err, publish.ErrDamaged) || errors.Is(err, fs.ErrNotExist) {
		return &ExitError{ExitInput, err}
	}
	return err
}

// noteMissingGroups says which of the groups asked for have no list.
func noteMissingGroups(files fsys.FS, runDir string, s *Settings, ui UI) error {
	if s.Groups == nil || s.List == ListHoldout {
		return nil
	}
	listed, err := pipeline.ListedGroups(files, runDir)
	if err != nil {
		return err
	}
	var missing []int
	for _, g := range s.Groups {
		if !slices.Contains(listed, g) {
			missing = append(missing, g)
		}
	}
	if len(missing) > 0 {
		ui.Warn(fmt.Sprintf("the run has no list for %s; it has %s", groupWords(missing), groupWords(listed)))
	}
	return nil
}

// horizonOf is the horizon of a run in days; 0 where its evaluation does not
// say, which no list needs.
func horizonOf(files fsys.FS, runDir string) int {
	file, err := files.Open(filepath.Join(runDir, "evaluation.json"))
	if err != nil {
		return 0
	}
	defer file.Close()
	var evaluation struct {
		HorizonDays int `json:"horizon_days"`
	}
	if err := json.NewDecoder(file).Decode(&evaluation); err != nil {
		return 0
	}
	return evaluation.HorizonDays
}

// selection says in words what was taken.
func selection(s *Settings) string {
	parts := []string{"all groups"}
	if s.Groups != nil {
		parts[0] = groupWords(s.Groups)
	}
	if s.Channel != "" {
		parts = append(parts, "preferred channel "+s.Channel)
	}
	if s.Top > 0 {
		parts = append(parts, "the first "+Thousands(s.Top)+" by rank")
	}
	if s.SuppressFile != "" {
		parts = append(parts, "without those on "+filepath.Base(s.SuppressFile))
	}
	return strings.Join(parts, ", ")
}

// groupWords names groups: group 4, groups 1-3,5.
func groupWords(groups []int) string {
	switch len(groups) {
	case 0:
		return "none"
	case 1:
		return "group " + groupRanges(groups)
	}
	return "groups " + groupRanges(groups)
}

// untilCanceled ends the rows with the context's error when it is canceled.
func untilCanceled(ctx context.Context, rows iter.Seq2[data.ContactRow, error]) iter.Seq2[data.ContactRow, error] {
	return func(yield func(data.ContactRow, error) bool) {
		n := 0
		for row, err := range rows {
			if n++; n%1024 == 1 && ctx.Err() != nil {
				err = ctx.Err()
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func customersWords(n int64) string {
	if n == 1 {
		return "1 customer"
	}
	return Thousands(n) + " customers"
}
