package pool

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winback/data"
	"winback/jobs/console"
	"winback/jobs/settings"
)

func TestMake_WritesAPoolAndSaysWhereToLook(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	shop := put("shop.csv", "customer_id,name,email,phone\n1,Anna Bell,anna@shop.example,\n2,Ben Ay,,201 555 0123\n")
	chat := put("chat.csv", "customer_id,name,email,phone\nx,Anna Bell,ANNA@shop.example,\ny,,,+12015550123\n")
	made := func(change func(*PoolSettings), sources ...string) (string, string, error) {
		var s PoolSettings
		settings.Default(&s)
		s.Out, s.Country = filepath.Join(dir, "pool"), "US"
		change(&s)
		var out, log bytes.Buffer
		err := Pool(context.Background(), s, sources, console.New(&out, &log, false, false, console.Text))
		return out.String(), log.String(), err
	}
	said, log, err := made(func(*PoolSettings) {}, shop, "talk="+chat)
	for _, want := range []string{"shop             2 customers of 2 rows", "talk             2 customers of 2 rows", "People           3; 2 of the 4 customers are one with another", "Likely           1 pair to decide"} {
		if err != nil || !strings.Contains(said, want) {
			t.Errorf("%v, said\n%s\nwant %q", err, said, want)
		}
	}
	if strings.Contains(log, "phone number") {
		t.Errorf("all numbers can be read, said %s", log)
	}
	if _, log, err := made(func(s *PoolSettings) { s.Country = "" }, shop, "talk="+chat); err != nil || !strings.Contains(log, "1 phone number is none that can be dialled, and joined nobody; --country DE, or another") {
		t.Errorf("without a country: %v, said %s", err, log)
	}
	if said, log, err = made(func(*PoolSettings) {}, shop, "talk="+chat); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(said+log, "@") || strings.Contains(said+log, "555") {
		t.Errorf("contact data in the log: %s%s", said, log)
	}
	likely, err := os.ReadFile(filepath.Join(dir, "pool", "likely.csv"))
	if err != nil || !strings.Contains(string(likely), "\r\nshop,2,talk,y,,\"same phone, a name is missing\",Ben Ay,,") {
		t.Errorf("%v\n%s", err, likely)
	}
	decided := put("decided.csv", strings.Replace(string(likely), "talk,y,,", "talk,y,yes,", 1))
	if said, _, err := made(func(s *PoolSettings) { s.Decisions = decided }, shop, "talk="+chat); err != nil || !strings.Contains(said, "People           2; 4 of the 4") || !strings.Contains(said, "1 pair carried out") {
		t.Errorf("%v\n%s", err, said)
	}
	var usage *settings.Error
	for want, c := range map[string]func() error{
		"is written anew": func() error {
			_, _, err := made(func(s *PoolSettings) { s.Decisions = filepath.Join(s.Out, "likely.csv") }, shop)
			return err
		},
		"two sources are called shop": func() error { _, _, err := made(func(*PoolSettings) {}, shop, shop); return err },
	} {
		if err := c(); !errors.As(err, &usage) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	var input *data.InputError
	if _, _, err := made(func(*PoolSettings) {}, put("odd.csv", "a,b\n1,2\n")); !errors.As(err, &input) || !strings.Contains(err.Error(), "odd.csv: there is no customer id, e-mail address or phone number") {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pool", "likely.csv"), []byte(strings.Replace(string(likely), "talk,y,,", "talk,y,yes,", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := made(func(*PoolSettings) {}, shop, "talk="+chat); !errors.As(err, &usage) || !strings.Contains(err.Error(), "holds 1 decision and would be written anew") {
		t.Errorf("%v", err)
	}
}
