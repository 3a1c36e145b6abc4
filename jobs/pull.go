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
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/reach"
	"winback/jobs/settings"
	"winback/pipeline/handout"
	"winback/pipeline/plan"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// PullSettings are what Pull reads.
type PullSettings struct {
	settings.Suppression
	settings.Acceptance
	settings.Runs
	settings.TableForm
	settings.Modes
	settings.File
	settings.Handout
	settings.OneCampaign
	settings.ChosenArm
	settings.Secret
	settings.ContactData
	settings.Dialling
	settings.Pooled
}

// Settings lists them.
func (s *PullSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Suppression, &s.Acceptance, &s.Runs, &s.TableForm, &s.Modes, &s.File, &s.Handout, &s.OneCampaign, &s.ChosenArm, &s.Secret, &s.ContactData, &s.Dialling, &s.Pooled)
}

// Pull hands out a list of the newest run in s.Out: to s.Output, or to standard
// output where that is empty. Whoever is on the suppression list named now is
// left out, whatever the run knew.
func Pull(ctx context.Context, s PullSettings, ui console.UI) error {
	return newCampaigner(s.FS(), ui).pull(ctx, &s)
}

func (c *campaigner) pull(ctx context.Context, s *PullSettings) error {
	format, err := pullFormat(s, c.ui)
	if err != nil {
		return err
	}
	optOuts := optOuts{s.Suppression, s.Acceptance, s.Pooled}
	suppressed, err := optOuts.read(c.files)
	if err != nil {
		return err
	}
	if suppressed, err = withForgotten(c.files, s.Out, s.HoldoutKey, suppressed); err != nil {
		return err
	}
	if s.Campaign != "" {
		return c.pullCampaign(ctx, s, format, suppressed)
	}
	contacts, err := contactsAsked(c.files, s, format)
	if err != nil {
		return err
	}
	if s.Arm != "" {
		return usage("--arm", errors.New("goes with --campaign"))
	}
	r, err := openRun(c.files, s.Out, pulls(s)...)
	if err != nil {
		return err
	}
	if err := optOuts.knownInRun(ctx, c.files, r, suppressed, contacts, c.ui); err != nil {
		return err
	}
	if suppressed, err = c.optedOutToo(s.Out, suppressed); err != nil {
		return err
	}
	later := int64(0)
	due := s.Due.On(c.today())
	if due.From > due.Until {
		return usage("--due", fmt.Errorf("want FROM..TO, the earlier day first, found %s..%s", due.From, due.Until))
	}
	if err := warnOld(r, max(due.Until, c.today()), c.ui); err != nil {
		return err
	}
	waiting := handout.Waiting{From: due.From, Due: due.Until, Later: &later}
	if due.From <= r.AsOf {
		waiting.From = 0 // who need not wait is due on the day of the run
	}
	if err := pullRun(ctx, c.files, r, s, format, contacts, suppressed, waiting, c.ui); err != nil {
		return err
	}
	tellWaiting(waiting, due.From, c.ui)
	return nil
}

// warnOld warns of a list for a day on which the time that its run looks ahead to is
// over.
func warnOld(r *run.Run, day data.Day, ui console.UI) error {
	asked, err := r.Asked()
	if err != nil {
		return err
	}
	if age := int(day - r.AsOf); asked.HorizonDays > 0 && age >= asked.HorizonDays {
		ui.Warn(fmt.Sprintf("run %s is %s old on %s and looks only %s ahead: who has bought or opted out since is not known, and its chances hold no longer; make a new run with winback run",
			r.Manifest.RunID, wording.Counted(age, "day"), day, wording.Counted(asked.HorizonDays, "day")))
	}
	return nil
}

// tellWaiting says of which days a list is, and how many wait for a later one.
func tellWaiting(w handout.Waiting, from data.Day, ui console.UI) {
	switch {
	case w.Due > 0 && from > 0:
		ui.Note(fmt.Sprintf("The list holds those who became due from %s to %s", from, w.Due))
	case w.Due > 0:
		ui.Note(fmt.Sprintf("The list holds all who are due by %s, also those of earlier days; --due FROM..TO holds those who became due since the last list", w.Due))
	}
	switch {
	case *w.Later == 0:
	case w.Due > 0:
		ui.Note(fmt.Sprintf("Without %s to be contacted after %s", wording.Counted(*w.Later, "customer"), w.Due))
	default:
		ui.Warn(fmt.Sprintf("%s to be contacted on a later day, which the column wait_until says; --due today hands out those whose day has come", wording.Plural(*w.Later, "customer of the list is", "customers of the list are")))
	}
}

// pullRun hands out a list of a run.
func pullRun(ctx context.Context, files fsys.FS, r *run.Run, s *PullSettings, format handout.Format, contacts *reach.Asked, suppressed *plan.Suppressions, waiting handout.Waiting, ui console.UI) error {
	about := handout.About{Title: "Recall list", Run: r.Manifest.RunID, AsOf: r.AsOf, Money: s.MoneyType}
	asked, err := r.Asked()
	if err != nil {
		return err
	}
	about.HorizonDays, about.Currency = asked.HorizonDays, currencyOf(r)
	switch s.List {
	case settings.ListDeadlines:
		return pullDeadlines(ctx, files, r, s, format, contacts, about, suppressed, waiting, ui)
	case settings.ListReferrals:
		return pullReferrals(ctx, files, r, s, format, contacts, about, suppressed, ui)
	}
	if s.List == settings.ListHoldout {
		about.Title = handout.DoNotContact
	}
	chosen, err := choose(r, s, ui)
	if err != nil {
		return err
	}
	about.Selection, about.Groups = selection(s, chosen), chosen.plan
	list := listRows(r, s, chosen)
	if err := channelKnown(ctx, list, s.Channel); err != nil {
		return err
	}
	filter := handout.Filter{Groups: chosen.groups, First: chosen.first, Channel: s.Channel, Suppressed: suppressed, Top: s.Top, Waiting: waiting}
	if contacts.Wanted() {
		filter.Top = 0 // of those who can be reached
		return reached(ctx, files, contacts, reach.Source[tables.ContactRow]{List: handout.ContactList(), Rows: filter.Select(untilCanceled(ctx, list)), HeldOut: heldOut(r), Suppressed: suppressed}, about, "can be reached", ui)
	}
	rows := filter.Select(untilCanceled(ctx, list))
	return handOut(files, s.Output, ui, about, "fits", func(w io.Writer) (int64, error) { return handout.Export(w, format, rows, about) })
}

// reached hands out the customers of a list who can be reached.
func reached[R any](ctx context.Context, files fsys.FS, contacts *reach.Asked, src reach.Source[R], about handout.About, none string, ui console.UI) error {
	return reach.Out(ctx, files, ui, contacts, src, about, func(write func(io.Writer) (int64, error)) error {
		return handOut(files, contacts.Output, ui, about, none, write)
	})
}

// heldOut are the customers whom a run holds out.
func heldOut(r *run.Run) func(give func(string)) error {
	if !r.Manifest.Has(run.HoldoutFile) {
		return func(func(string)) error { return nil }
	}
	return handout.ContactList().IDs(r.Holdout())
}

// currencyOf is the currency that a run was asked to count; "" where it was not.
func currencyOf(r *run.Run) string {
	var asked struct {
		Currency string `json:"currency"`
	}
	if json.Unmarshal(r.Manifest.Settings, &asked) != nil {
		return "" // kept in another form
	}
	return asked.Currency
}

// handOut writes a list to a file, whole or not at all, or to standard output
// where path is empty, and says how many customers are on it. Where there are
// none, it says that none does what none says.
func handOut(files fsys.FS, path string, ui console.UI, about handout.About, none string, export func(io.Writer) (int64, error)) error {
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
		err = run.WriteFile(files, path, write)
	}
	if errors.Is(err, handout.ErrTooManyRows) {
		return &ExitError{ExitUsage, err}
	}
	if err != nil {
		return err
	}
	if n == 0 {
		ui.Warn("no customer of run " + about.Run + " " + none + "; the list is empty")
	}
	ui.Note(fmt.Sprintf("%s (%s) of run %s, as of %s%s", wording.Counted(n, "customer"), about.Selection, about.Run, about.AsOf, into(path)))
	return nil
}

// pulls are the files of a run that a list and what is said of it are made from.
func pulls(s *PullSettings) []string {
	needs := listFiles(s)
	if s.JoinFile != "" {
		needs = append(needs, run.HoldoutFile)
	}
	return needs
}

func listFiles(s *PullSettings) []string {
	switch {
	case s.List == settings.ListDeadlines:
		return []string{run.DeadlinesFile, run.EvaluationFile}
	case s.List == settings.ListReferrals:
		return []string{run.ReferralsFile, run.EvaluationFile}
	case s.List == settings.ListHoldout:
		return []string{run.HoldoutFile, run.GroupsFile, run.EvaluationFile}
	case s.Groups.Named == nil:
		return []string{run.ContactsFolder, run.GroupsFile, run.EvaluationFile}
	}
	needs := []string{run.GroupsFile, run.EvaluationFile}
	for _, group := range s.Groups.Named {
		needs = append(needs, run.GroupFolder(group))
	}
	return needs
}

// listRows are the rows of the list asked for, in rank order.
func listRows(r *run.Run, s *PullSettings, chosen choice) iter.Seq2[tables.ContactRow, error] {
	if s.List == settings.ListHoldout {
		return r.Holdout()
	}
	return r.ContactLists(chosen.groups)
}

// channelKnown refuses a channel that no customer of the list prefers, and
// names those that there are.
func channelKnown(ctx context.Context, list iter.Seq2[tables.ContactRow, error], channel string) error {
	if channel == "" {
		return nil
	}
	known := map[string]bool{}
	for row, err := range untilCanceled(ctx, list) {
		if err != nil {
			return err
		}
		if row.PreferredChannel == channel {
			return nil
		}
		known[row.PreferredChannel] = true
	}
	delete(known, "")
	text := fmt.Sprintf("nobody on this list prefers %q", channel)
	if names := slices.Sorted(maps.Keys(known)); len(names) > 0 {
		text += "; the channels are " + strings.Join(names, ", ")
	} else {
		text += "; it knows no channels"
	}
	return &settings.Error{Where: "--channel", Text: text}
}

func into(path string) string {
	if path == "" {
		return ""
	}
	return " -> " + path
}

// pullFormat is the format asked for, by name or by the ending of the file; that of a
// sender's files is the sender's.
func pullFormat(s *PullSettings, ui console.UI) (handout.Format, error) {
	if s.For != "" {
		return s.Format, nil
	}
	return listFormat(s.Format, s.Output, ui)
}

// contactsAsked is what is asked of contact data.
func contactsAsked(files fsys.FS, s *PullSettings, format handout.Format) (*reach.Asked, error) {
	contacts := &reach.Asked{ContactData: s.ContactData, Dialling: s.Dialling, Pooled: s.Pooled, Output: s.Output, Top: s.Top, Format: format}
	return contacts, contacts.Check(files, s.List == settings.ListHoldout)
}

func listFormat(format handout.Format, output string, ui console.UI) (handout.Format, error) {
	byName, known := handout.ExportFormatOf(output)
	switch {
	case format == handout.LightGBM:
		return "", &settings.Error{Where: "--format", Text: `want csv, xlsx, parquet or json, found "lightgbm"`}
	case format == "" && known:
		format = byName
	case format == "" && output != "" && filepath.Ext(output) != "":
		return "", &settings.Error{Where: "--output", Text: fmt.Sprintf("the ending of %q names no format; end it in .csv, .xlsx, .parquet or .json, or add --format", output)}
	case format == "":
		format = handout.CSV
	case known && byName != format:
		return "", &settings.Error{Where: "--format", Text: fmt.Sprintf("%s does not fit the file %s; change one of them", format, output)}
	}
	if output == "" && ui.OutTerminal && (format == handout.XLSX || format == handout.Parquet) {
		return "", &settings.Error{Where: "--format", Text: fmt.Sprintf("%s does not belong on a terminal; name a file with -o", format)}
	}
	return format, nil
}

// selection says in words what was taken.
func selection(s *PullSettings, chosen choice) string {
	parts := []string{chosen.words}
	if s.Channel != "" {
		parts = append(parts, "preferred channel "+s.Channel)
	}
	if s.Top > 0 {
		parts = append(parts, "the first "+wording.Thousands(s.Top)+" by rank")
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
		return "group " + strings.Join(wording.Runs(groups, "-"), ",")
	}
	return "groups " + strings.Join(wording.Runs(groups, "-"), ",")
}

// untilCanceled ends the rows with the context's error when it is canceled.
func untilCanceled[R any](ctx context.Context, rows iter.Seq2[R, error]) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
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

// choice is which customers of a run's lists are taken by their groups.
type choice struct {
	groups []int             // nil: all
	first  map[int]int64     // of these groups the first by rank only
	words  string            // for people
	plan   []tables.GroupRow // of the run; nil where it has none
}

// choose settles the groups: those that were named, else what the plan
// recommends. It warns where the list goes beyond the plan. That no group named
// has a list is an error with ExitUsage.
func choose(r *run.Run, s *PullSettings, ui console.UI) (choice, error) {
	if s.Groups.Named != nil {
		if err := listed(r, s.Groups.Named, ui); err != nil {
			return choice{}, err
		}
	}
	asked := choice{groups: s.Groups.Named, words: "all groups"}
	if asked.groups != nil {
		asked.words = groupWords(asked.groups)
	}
	groups, err := r.Groups()
	if errors.Is(err, fs.ErrNotExist) {
		return asked, nil // published without a plan
	}
	if err != nil {
		return choice{}, err
	}
	if asked.plan = groups; s.List == settings.ListHoldout {
		return asked, nil
	}
	if !s.Groups.All && s.Groups.Named == nil {
		asked = recommended(groups, ui)
	} else {
		warnBeyondPlan(groups, s, ui)
	}
	asked.plan = groups
	return asked, nil
}

// listed refuses groups of which none has a list and warns of those that have
// none.
func listed(r *run.Run, named []int, ui console.UI) error {
	there := r.ListedGroups()
	missing := slices.DeleteFunc(slices.Clone(named), func(g int) bool { return slices.Contains(there, g) })
	if len(missing) == 0 {
		return nil
	}
	text := fmt.Sprintf("the run has no list for %s; it has %s", groupWords(missing), groupWords(there))
	if len(missing) == len(named) {
		return &settings.Error{Where: "--groups", Text: text}
	}
	ui.Warn(text)
	return nil
}

// recommended are the groups that the plan recommends, the last one as far as
// it does, and says what is left out.
func recommended(groups []tables.GroupRow, ui console.UI) choice {
	chosen := choice{groups: []int{}, first: map[int]int64{}}
	var others []int
	for _, g := range groups {
		switch {
		case !g.Recommended:
			others = append(others, int(g.Group))
			continue
		case g.RecommendedContacts < g.ContactCustomers:
			chosen.first[int(g.Group)] = g.RecommendedContacts
			ui.Note(fmt.Sprintf("of group %d the first %s of %s by rank, as the plan recommends", g.Group, wording.Thousands(g.RecommendedContacts), wording.Counted(g.ContactCustomers, "customer")))
		}
		chosen.groups = append(chosen.groups, int(g.Group))
	}
	chosen.words = "recommended: " + groupWords(chosen.groups)
	switch _, why := unplanned(groups, nil); {
	case len(chosen.groups) == 0:
		ui.Warn(fmt.Sprintf("the plan recommends no group (%s); --groups all hands out all", why))
	case len(others) > 0:
		ui.Note(fmt.Sprintf("without %s, which the plan does not recommend (%s); --groups all hands out all", groupWords(others), why))
	}
	return chosen
}

// unplanned are the groups among those named, nil for all, that the plan does
// not recommend, and why the first of them is not.
func unplanned(groups []tables.GroupRow, named []int) (numbers []int, why string) {
	for _, g := range groups {
		if g.Recommended || named != nil && !slices.Contains(named, int(g.Group)) {
			continue
		}
		if numbers = append(numbers, int(g.Group)); why == "" {
			why = strings.TrimSuffix(g.Note, ".")
		}
	}
	return numbers, why
}

// warnBeyondPlan warns where the groups asked for take in customers whom the
// plan does not recommend. Who says how many knows best.
func warnBeyondPlan(groups []tables.GroupRow, s *PullSettings, ui console.UI) {
	if s.Top > 0 {
		return
	}
	for _, g := range groups {
		if taken := s.Groups.All || slices.Contains(s.Groups.Named, int(g.Group)); taken && g.Recommended && g.RecommendedContacts < g.ContactCustomers {
			ui.Warn(fmt.Sprintf("of group %d the plan recommends the first %s of %s by rank (%s)", g.Group, wording.Thousands(g.RecommendedContacts), wording.Counted(g.ContactCustomers, "customer"), g.Note))
		}
	}
	if beyond, why := unplanned(groups, s.Groups.Named); len(beyond) > 0 {
		ui.Warn(fmt.Sprintf("the list takes in %s, which the plan does not recommend (%s); without --groups it holds the recommended ones", groupWords(beyond), why))
	}
}
