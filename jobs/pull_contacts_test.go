package jobs

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winback/internal/fsys"
	"winback/jobs/settings"
)

func writeText(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "contacts.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const pulledContacts = "customer_id,email,phone,name,consent\nc1,one@shop.example,,Anna One,yes\nC2,two@shop.example,,Two,no\nC4,four@shop.example,0151 23456789,Four,yes\n" +
	"C3,held@shop.example,,Held,yes\nC5,HELD@shop.example,,Five,yes\nC6,six@shop.example,,Six,yes\nC8,eight@shop.example,,Eight,yes\n"

func TestPull_JoinsContactDataOfThoseWhoAgreed(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	contacts := writeText(t, pulledContacts)
	optOut := writeText(t, "customer_id\nC8\nC1\n")
	stdout, stderr, err := pulled(t, out, func(s *PullSettings) { s.JoinFile, s.Country = contacts, "DE" })
	if err != nil || !strings.HasPrefix(stdout, "email,phone,first_name,last_name,rank,group,reason,") || strings.Count(stdout, "\r\n") != 5 || !strings.Contains(stdout, "four@shop.example,+4915123456789,,Four,4,1,bought twice,") {
		t.Errorf("%v, said %s:\n%s", err, stderr, stdout)
	}
	if !strings.Contains(stderr, "Of 6 customers 6 matched in contacts.csv, 0 unmatched; of the matched 0 opted out by their address, 1 without consent, 0 without an address, 1 under one that is somebody else's; 4 handed out") || strings.Contains(stderr, "@") {
		t.Errorf("said %s", stderr)
	}
	stdout, stderr, err = pulled(t, out, func(s *PullSettings) { s.JoinFile, s.SuppressFile, s.Top = contacts, optOut, 1 })
	if err != nil || !strings.Contains(stdout, "four@shop.example,,,Four,4,") || strings.Contains(stdout, "one@") || strings.Count(stdout, "\r\n") != 2 || !strings.Contains(stderr, "--country names the country") {
		t.Errorf("the first who is not opted out: %v, said %s:\n%s", err, stderr, stdout)
	}
}

// Opt-outs by address alone count as known by the addresses of the contact data, also
// of people who are on no list; without them the list would leave out nobody.
func TestPull_AnOptOutListOfAddressesNeedsNoAcceptWithContactData(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	contacts := writeText(t, pulledContacts+"stranger,other@shop.example,0171 2345678,Other,yes\n")
	optOut := writeText(t, "email\nOne+news@shop.example\nOTHER@shop.example\n004915123456789\n01712345678\nnobody@shop.example\n")
	_, _, err := pulled(t, out, func(s *PullSettings) { s.SuppressFile = optOut })
	if Code(err) != ExitGate || !strings.Contains(err.Error(), "0 of 5 ids in") || !strings.Contains(err.Error(), "addresses are known to winback pull --join alone") {
		t.Errorf("without contact data: %v", err)
	}
	stdout, stderr, err := pulled(t, out, func(s *PullSettings) { s.JoinFile, s.Country, s.SuppressFile = contacts, "DE", optOut })
	if err != nil || strings.Contains(stdout, "one@") || strings.Contains(stdout, "four@") || !strings.Contains(stdout, "six@") || !strings.Contains(stderr, "2 opted out by their address") {
		t.Errorf("%v, said %s:\n%s", err, stderr, stdout)
	}
	strangers := writeText(t, "a@b.co\nc@d.co\nsix@shop.example\n")
	_, _, err = pulled(t, out, func(s *PullSettings) { s.JoinFile, s.SuppressFile = contacts, strangers })
	if Code(err) != ExitGate || !strings.Contains(err.Error(), "1 of 3 ids in") || !strings.Contains(err.Error(), "or are an address in contacts.csv") {
		t.Errorf("addresses of strangers: %v", err)
	}
}

func TestPull_ForASenderWritesAFileForEachGroup(t *testing.T) {
	out := t.TempDir()
	publishedRun(t, out)
	contacts := writeText(t, pulledContacts)
	dir := filepath.Join(t.TempDir(), "new", "klaviyo")
	stdout, _, err := pulled(t, out, func(s *PullSettings) { s.JoinFile, s.For, s.Output = contacts, "klaviyo", dir })
	if want := fmt.Sprintf("%s  2 customers\n%s  2 customers\n", filepath.Join(dir, "klaviyo-group-01.csv"), filepath.Join(dir, "klaviyo-group-02.csv")); err != nil || stdout != want {
		t.Errorf("%v, %q, want %q", err, stdout, want)
	}
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the folder: %v, %v", entries, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "klaviyo-group-02.csv"))
	if err != nil || strings.Contains(strings.ToLower(string(text)), "held@") || !strings.Contains(string(text), "six@shop.example,,,Six,C6,2,") {
		t.Errorf("%v\n%s", err, text)
	}
	for name, c := range map[string]struct {
		change func(*PullSettings)
		want   string
	}{
		"again":       {func(s *PullSettings) { s.Output = dir }, "is not empty; files of an earlier day would be sent again"},
		"no contacts": {func(s *PullSettings) { s.JoinFile = "" }, "name their file with --join"},
		"no folder":   {func(s *PullSettings) { s.Output = "" }, "name a new folder for them with --output"},
		"a file":      {func(s *PullSettings) { s.Output = filepath.Join(t.TempDir(), "k.csv") }, "k.csv is the name of a file; --for writes a folder"},
		"format":      {func(s *PullSettings) { s.Format = "csv" }, "--format: the sender of --for has its own"},
		"holdout":     {func(s *PullSettings) { s.List = settings.ListHoldout }, "the holdout is never contacted"},
		"unknown":     {func(s *PullSettings) { s.For = "hermes" }, "--for: want braze, klaviyo, mailchimp, shopify, sms, or a form"},
		"parquet":     {func(s *PullSettings) { s.For, s.Format = "", "parquet" }, "a Parquet list is joined by customer_id"},
	} {
		_, _, err := pulled(t, out, func(s *PullSettings) {
			s.JoinFile, s.For, s.Output = contacts, "klaviyo", filepath.Join(t.TempDir(), "f")
			c.change(s)
		})
		if Code(err) != ExitUsage || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	_, _, err = pulled(t, out, func(s *PullSettings) { s.JoinFile = writeText(t, "customer_id,email\nC1,a@b.co\n") })
	if Code(err) != ExitInput || !strings.Contains(err.Error(), `column "consent" is missing`) {
		t.Errorf("without consent: %v", err)
	}
}

func TestPullCampaign_ForASenderHasAFileForEachGroupAndArm(t *testing.T) {
	l := newLoop(t)
	lines := "customer_id,group,arm,probability\n"
	contacts := "id,email,consent\n"
	for i, arm := range []string{"holdout", "letter", "voucher", "letter", "holdout", "voucher", "letter", "voucher"} {
		lines += fmt.Sprintf("K%d,%d,%s,0.1\n", i, i/4+1, arm)
		contacts += fmt.Sprintf("k%d,k%d@shop.example,yes\n", i, i)
	}
	l.write("/list.csv", lines)
	l.write("/contacts.csv", contacts)
	if err := l.launch("spring", func(*LaunchSettings) {}); err != nil {
		t.Fatal(err)
	}
	err := l.campaigner().pullCampaign(context.Background(), with(func(s *PullSettings) {
		s.Out, s.Campaign, s.JoinFile, s.For, s.Output = "/out", "spring", "/contacts.csv", "shopify", "/files"
		s.Groups.All = true
	}), "", nil)
	if err != nil {
		t.Fatal(err, l.noted.String())
	}
	want := "/files/shopify-group-01-arm-letter.csv  2 customers\n/files/shopify-group-01-arm-voucher.csv  1 customer\n/files/shopify-group-02-arm-letter.csv  1 customer\n/files/shopify-group-02-arm-voucher.csv  2 customers\n"
	if l.said.String() != want {
		t.Errorf("%s, want %s", l.said.String(), want)
	}
	text := readAll(t, l.files, "/files/shopify-group-02-arm-voucher.csv")
	if !strings.Contains(text, ",,k5@shop.example,yes,,no,winback-spring-wave-1-group-2-voucher\r\n") || strings.Contains(text, "k4@") {
		t.Errorf("%s", text)
	}
}

func readAll(t *testing.T, files fsys.FS, path string) string {
	t.Helper()
	f, err := files.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.NewSectionReader(f, 0, math.MaxInt64>>1))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
