package scale

import (
	"cmp"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"winback/data"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
)

// What customers of a campaign did, and when they open messages, is found where their
// histories are, and published with the bytes of what Run publishes.
func TestDrive_PublishesWhatRunPublishesBesideACampaign(t *testing.T) {
	sample, lines := generatedShop(t, 500)
	newest := data.DayOfMicros(slices.MaxFunc(lines, func(a, b soldLine) int { return cmp.Compare(a.OrderedAt, b.OrderedAt) }).OrderedAt)
	list, log, known := "customer_id,group,arm\n", "customer_id,sent_at,status\n", map[string]bool{}
	for i, l := range lines {
		if i%3 > 0 || known[l.CustomerID] {
			continue
		}
		known[l.CustomerID] = true
		list += l.CustomerID + ",1," + []string{"mail", "holdout"}[len(known)%2] + "\n"
		if len(known)%2 == 0 {
			continue
		}
		for _, at := range []string{"T08:30:00,sent", "T19:05:00,opened", "T19:06:00,clicked", "T19:07:00,opened"} {
			log += l.CustomerID + "," + (newest - 119).String() + at + "\n"
		}
	}
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "list.csv"), []byte(list), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "log.csv"), []byte(log), 0o600))
	r := rand.New(rand.NewPCG(3, 8))
	plain, s := driverSettings(t, sample, len(lines)), driverSettings(t, sample, len(lines))
	for _, out := range []string{plain.Out, s.Out} {
		var launch jobs.LaunchSettings
		var sent jobs.SentSettings
		settings.Default(&launch)
		settings.Default(&sent)
		launch.Out, launch.AssignmentsFile, launch.AsOf = out, filepath.Join(folder, "list.csv"), newest-120
		sent.Out, sent.Logs = out, []string{filepath.Join(folder, "log.csv")}
		must(t, jobs.Launch(t.Context(), launch, "spring", console.UI{}))
		must(t, jobs.Sent(t.Context(), sent, "", console.UI{}))
	}
	must(t, jobs.Run(t.Context(), plain.RunSettings, []string{sample}, console.UI{}))
	dealt := dealtRanges(t, r, sample, lines, 4)
	must(t, drive(t.Context(), s, doneElsewhere(t, r, s, dealt, dealt), console.UI{}))
	got := contentOf(t, s.Out)
	wantSameContent(t, got, contentOf(t, plain.Out))
	if got["/campaigns.parquet"] == "" || len(known) < 50 {
		t.Errorf("%d customers are in the campaign, and no results are published", len(known))
	}
}
