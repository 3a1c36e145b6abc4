package settings

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"winback/data"
	"winback/data/orders"
	"winback/data/parse"
	"winback/features"
	"winback/jobs/console"
	"winback/pipeline/handout"
)

func draftOf(t *testing.T, file string, flags map[string][]string) (All, error) {
	t.Helper()
	d := NewDraft()
	if err := d.File("winback.yaml", []byte(file)); err != nil {
		return All{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		if err := d.Flag(name, flags[name]); err != nil {
			return All{}, err
		}
	}
	return d.all, d.Check()
}

func defaults() All {
	var all All
	Default(&all)
	return all
}

func TestSettings_DefaultsAreThoseOfTheContract(t *testing.T) {
	s := defaults()
	if s.LapsedAfterDays != 0 || s.HorizonDays != 60 || s.Out != "out" || s.TrainingRows != 1_000_000 || s.Holdout != 0.1 || s.Keep != 30 ||
		s.MaxGroups != 10 || s.StageEdges != features.DefaultStageEdges() || s.Duplicates != orders.DuplicatesAuto || s.Timezone.String() != "UTC" ||
		s.AsOf != 0 || s.Margin != 0 || s.ContactCost != NoCost || s.LogFormat != console.Text || s.HoldoutKey == "" || s.List != ListContacts || s.Format != "" {
		t.Errorf("defaults %+v", s)
	}
	if s.Campaign != "winback" {
		t.Errorf("campaign %q", s.Campaign)
	}
	if s.WorkerCount() < 1 || s.MemoryLimit() < 1<<20 {
		t.Errorf("%d workers, %d bytes", s.WorkerCount(), s.MemoryLimit())
	}
}

func TestSettings_FlagWinsOverFileWinsOverDefault(t *testing.T) {
	file := "horizon: 90\nmargin: 40%\nmap: {customer: client, amount: total}\n"
	s, err := draftOf(t, file, map[string][]string{"margin": {"0.5"}, "map": {"customer=cust no"}})
	if err != nil {
		t.Fatal(err)
	}
	if s.HorizonDays != 90 || s.Margin != 0.5 || s.Keep != 30 {
		t.Errorf("horizon %d, margin %v, keep %d; want 90 of the file, 0.5 of the flag, 30 by default", s.HorizonDays, s.Margin, s.Keep)
	}
	if want := (data.Mapping{data.Customer: "cust no"}); !reflect.DeepEqual(s.Map, want) {
		t.Errorf("map %v; want the flag's alone, %v", s.Map, want)
	}
}

func TestSettings_ReadEveryForm(t *testing.T) {
	flags := map[string][]string{
		"map": {"customer=client,amount=total", "price="}, "returns": {"order-prefix=C,D", "status=returned,cancelled", "type=refund"}, "customer-ids": {"folded"}, "money-unit": {"cents"},
		"duplicates": {"keep"}, "exclude-products": {"POST, BANK*", "M"}, "timezone": {"Europe/Berlin"}, "date-format": {"%d.%m.%Y"}, "decimal": {"comma"},
		"as-of": {"2026-06-30"}, "lapsed-after": {"90"}, "stages": {"30,60,120"}, "target-returns": {"5%"}, "capacity": {"5000"},
		"contact-cost": {"0.08"}, "budget": {"250.5"}, "holdout": {"20%"}, "memory": {"4GiB"}, "workers": {"3"}, "groups": {"1-3,5", "2"},
		"top": {"10"}, "list": {"holdout"}, "format": {"xlsx"}, "log-format": {"json"}, "accept": {"true"}, "seed": {"0"}, "max-age": {"3"},
	}
	s, err := draftOf(t, "", flags)
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.Map = data.Mapping{data.Customer: "client", data.Amount: "total", data.Price: ""}
	want.Returns = orders.ReturnRules{OrderPrefixes: []string{"C", "D"}, Statuses: []string{"returned", "cancelled"}, Types: []string{"refund"}}
	want.FoldIDs, want.MoneyDecimals = true, 2
	want.Duplicates, want.ExcludeProducts = orders.DuplicatesKeep, orders.ProductFilter{"POST", "BANK*", "M"}
	want.Timezone, _ = parseZone("Europe/Berlin")
	want.DateFormat, want.LapsedAfterDays, want.StageEdges = "%d.%m.%Y", 90, features.StageEdges{30, 60, 120}
	want.Decimal = parse.DecimalComma
	want.AsOf, _ = data.ParseDay("2026-06-30")
	want.TargetReturns, want.Capacity, want.ContactCost, want.Budget = ReturnTarget{Share: 0.05}, 5000, 0.08, 250.5
	want.Holdout, want.MemoryBytes, want.Workers, want.Groups = 0.2, 4<<30, 3, Groups{Named: []int{1, 2, 3, 5}}
	want.Top, want.List, want.Format, want.LogFormat = 10, ListHoldout, handout.XLSX, console.JSON
	want.Accept, want.Seed, want.MaxAgeDays = true, 0, 3
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
}

func TestSettings_MemorySizes(t *testing.T) {
	for text, want := range map[string]int64{"4GiB": 4 << 30, "500MB": 500e6, "2g": 2 << 30, "1.5 GiB": 3 << 29, "134217728": 1 << 27, "64MiB": 64 << 20} {
		if got, err := parseMemory(text); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
		if got, err := parseMemory(memorySize(want)); err != nil || got != want {
			t.Errorf("%d is written %q and read %d, %v", want, memorySize(want), got, err)
		}
	}
}

func TestSettings_WrongFlagsSayWhatWasWanted(t *testing.T) {
	days := `want a whole number of days from 1 to 3650, found `
	for flag, want := range map[string]string{
		"horizon=abc":         `--horizon: ` + days + `"abc"`,
		"horizon=0":           `--horizon: ` + days + `"0"`,
		"lapsed-after=never":  `--lapsed-after: ` + days + `"never"`,
		"max-age=-1":          `--max-age: ` + days + `"-1"`,
		"as-of=30.6.2026":     `--as-of: want a day such as 2026-06-30, found "30.6.2026"`,
		"stages=90,45,180":    `--stages: want three ascending numbers of days such as 45,90,180, found "90,45,180"`,
		"stages=45":           `--stages: want three ascending numbers of days such as 45,90,180, found "45"`,
		"map=customer":        `--map: want role=column such as customer=client_no, found "customer"`,
		"map=kunde=x":         `--map: unknown role "kunde"; the roles are customer, order, line, time, amount, price, quantity, product, category, channel, status, discount, currency, version, test, cancelled, refunded, deleted, voided, change`,
		"map=time=a,time=b":   `--map: role time is given twice, as "a" and "b"`,
		"returns=C":           `--returns: want order-prefix=C, status=returned,cancelled or type=refund, found "C"`,
		"returns=status=":     `--returns: status: want a value, found none`,
		"duplicates=maybe":    `--duplicates: want auto, drop or keep, found "maybe"`,
		"exclude-products=[a": `--exclude-products: want a product code or a pattern such as BANK*, with \ before a [ that is meant as it is, found "[a"`,
		"timezone=Local":      `--timezone: want a time zone such as Europe/Berlin or UTC, found "Local"`,
		"date-format=month":   `--date-format: want D/M/YYYY, M/D/YYYY, YYYY-MM-DD or, for whole numbers, one of unix, unix-ms, unix-us, unix-ns, unix-days, excel, yyyymmdd, yymmdd, cyyddd, sas, ticks, filetime, excel-1904; found "month"`,
		"training-rows=10":    `--training-rows: want a whole number from 1000 to 1000000000, found "10"`,
		"max-groups=11":       `--max-groups: want a whole number from 1 to 10, found "11"`,
		"seed=-1":             `--seed: want a whole number from 0 to 4611686018427387904, found "-1"`,
		"campaign=":           `--campaign: want a text on one line, found ""`,
		"holdout=1":           `--holdout: want a share below 1 such as 0.1 or 10%, found "1"`,
		"target-returns=0%":   `--target-returns: want a number of returns such as 1200, or a share of all expected ones such as 5%, found "0%"`,
		"capacity=1e3":        `--capacity: want a whole number from 1 to 1000000000000, found "1e3"`,
		"budget=0":            `--budget: want an amount above 0, found "0"`,
		"margin=1.2":          `--margin: want a share above 0 such as 0.4 or 40%, found "1.2"`,
		"contact-cost=nan":    `--contact-cost: want an amount such as 0.35, found "nan"`,
		"memory=1MB":          `--memory: want a size of at least 64MiB such as 4GiB or 500MB, found "1MB"`,
		"workers=0":           `--workers: want a whole number from 1 to 1024, found "0"`,
		"keep=0":              `--keep: want a whole number from 1 to 100000, found "0"`,
		"log-format=xml":      `--log-format: want text or json, found "xml"`,
		"accept=yes":          `--accept: want true or false, found "yes"`,
		"groups=3-1":          `--groups: want groups such as 1-3,5, or all, found "3-1"`,
		"list=fans":           `--list: want contacts, holdout, deadlines or referrals, found "fans"`,
		"format=xls":          `--format: want csv, xlsx, parquet or json, found "xls"`,
		"no-such-setting=1":   `--no-such-setting: there is no such setting`,
		"budget=10":           `--budget: needs to know what a contact costs: set --contact-cost too, above 0`,
		"customers=0":         `--customers: want a whole number from 1 to 100000000, found "0"`,
	} {
		name, value, _ := strings.Cut(flag, "=")
		_, err := draftOf(t, "", map[string][]string{name: {value}})
		var settings *Error
		if !errors.As(err, &settings) || err.Error() != want {
			t.Errorf("--%s: error %v, want %s", flag, err, want)
		}
	}
}

func TestSettings_WrongFilesSayLineAndColumn(t *testing.T) {
	for file, want := range map[string]string{
		"# ours\nhorizn: 3":          `winback.yaml:2:1: unknown key "horizn"; did you mean horizon?`,
		"colour: red":                `winback.yaml:1:1: unknown key "colour"; winback config lists all settings`,
		"groups: 1-3":                `winback.yaml:1:1: groups is no setting of a file, only a flag`,
		"keep: 3\nhorizon: \"90\"":   `winback.yaml:2:10: horizon: want a whole number, found "90"`,
		"horizon: [1]":               `winback.yaml:1:10: horizon: want a whole number, found a list`,
		"horizon: 0":                 `winback.yaml:1:10: horizon: want a whole number of days from 1 to 3650, found "0"`,
		"capacity: 1.5":              `winback.yaml:1:11: capacity: want a whole number, found 1.5`,
		"budget: much":               `winback.yaml:1:9: budget: want a number, found "much"`,
		"accept: 1":                  `winback.yaml:1:9: accept: want true or false, found 1`,
		"out: true":                  `winback.yaml:1:6: out: want a text, found true`,
		"as-of:":                     `winback.yaml:1:1: as-of: want a text, found nothing`,
		"map:\n  kunde: x":           `winback.yaml:2:3: map: unknown role "kunde"; the roles are customer, order, line, time, amount, price, quantity, product, category, channel, status, discount, currency, version, test, cancelled, refunded, deleted, voided, change`,
		"map: true":                  `winback.yaml:1:6: map: want a map, a list or a text, found true`,
		"map: {time: {a: b}}":        `winback.yaml:1:6: map: time: want a list or a text, found a map`,
		"exclude-products: [[a]]":    `winback.yaml:1:19: exclude-products: want texts in the list, found a list`,
		"horizon: 1\nhorizon: 2":     `winback.yaml:2:1: mapping key "horizon" already defined at [1:1]`,
		"horizon: 1\n---\nkeep: 2":   `winback.yaml:2:1: want one document, found another one`,
		"just text":                  `winback.yaml:1:1: want lines such as horizon: 60, found "just text"`,
		"- horizon":                  `winback.yaml:1:1: want lines such as horizon: 60, found a list`,
		"keep: &k 3\nhorizon: *k":    `winback.yaml:1:7: keep: want a whole number, found an anchor or alias, which are not read here`,
		"horizon: !!int 3":           `winback.yaml:1:10: horizon: want a whole number, found a tag, which is not read here`,
		"keep: 3\nstages: [45, 90]":  `winback.yaml:2:9: stages: want three ascending numbers of days such as 45,90,180, found "45,90"`,
		"keep: 3\nlog-format: [json": `winback.yaml:2:13: sequence end token ']' not found`,
	} {
		_, err := draftOf(t, file, nil)
		var settings *Error
		if !errors.As(err, &settings) || err.Error() != want {
			t.Errorf("%q: error %v, want %s", file, err, want)
		}
	}
}

func TestSettings_FilesTakeListsMapsAndNumbers(t *testing.T) {
	file := `
# all forms
map:
  customer: client
  time: "Order Date"
returns:
  status: [returned, "cancelled, late"]
  order-prefix: C
exclude-products:
  - POST
  - 85123
stages: [30, 60, 120]
target-returns: 1200
lapsed-after: 90
as-of: 2026-06-30
holdout: 0.2
training-rows: 2_000_000
memory: 4GiB
accept: true
`
	s, err := draftOf(t, file, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.Map = data.Mapping{data.Customer: "client", data.Time: "Order Date"}
	want.Returns = orders.ReturnRules{OrderPrefixes: []string{"C"}, Statuses: []string{"returned", "cancelled, late"}}
	want.ExcludeProducts = orders.ProductFilter{"POST", "85123"}
	want.StageEdges = features.StageEdges{30, 60, 120}
	want.TargetReturns, want.LapsedAfterDays, want.Holdout, want.TrainingRows = ReturnTarget{Count: 1200}, 90, 0.2, 2_000_000
	want.AsOf, _ = data.ParseDay("2026-06-30")
	want.MemoryBytes, want.Accept = 4<<30, true
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
	if _, err := draftOf(t, "", nil); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}

func TestSettings_ValuesLeaveOutSecretsAndTheMachine(t *testing.T) {
	s, err := draftOf(t, "", map[string][]string{"holdout-key": {"geheim"}, "memory": {"1GiB"}, "capacity": {"7"}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string][]string{}
	for _, v := range Values(&s) {
		seen[v.Name] = v.Parts
	}
	for _, name := range []string{"holdout-key", "memory", "workers", "out", "keep", "log-format", "rejects", "groups"} {
		if _, there := seen[name]; there {
			t.Errorf("%s is among the values", name)
		}
	}
	if !reflect.DeepEqual(seen["capacity"], []string{"7"}) || seen["budget"] != nil || !reflect.DeepEqual(seen["stages"], []string{"45", "90", "180"}) {
		t.Errorf("values %v", seen)
	}
}

func TestMachineMemory_TakesTheSmallestLimit(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	meminfo := file("MemTotal:        8388608 kB\nMemFree: 1 kB\n")
	for name, test := range map[string]struct {
		root fstest.MapFS
		want int64
	}{
		"nothing known": {fstest.MapFS{}, unknownMachineMemory},
		"machine":       {fstest.MapFS{"proc/meminfo": meminfo}, 8 << 30},
		"no limit":      {fstest.MapFS{"proc/meminfo": meminfo, "sys/fs/cgroup/memory.max": file("max\n")}, 8 << 30},
		"container":     {fstest.MapFS{"proc/meminfo": meminfo, "sys/fs/cgroup/memory.max": file("1073741824\n")}, 1 << 30},
		"service": {fstest.MapFS{"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/system.slice/winback.service\n"),
			"sys/fs/cgroup/system.slice/memory.max": file("2147483648\n"), "sys/fs/cgroup/system.slice/winback.service/memory.max": file("max\n")}, 2 << 30},
		"version 1": {fstest.MapFS{"proc/meminfo": meminfo, "sys/fs/cgroup/memory/memory.limit_in_bytes": file("536870912\n")}, 512 << 20},
		"unlimited version 1": {fstest.MapFS{"proc/meminfo": meminfo,
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n")}, 8 << 30},
		"nonsense": {fstest.MapFS{"proc/meminfo": file("MemTotal: lots\n")}, unknownMachineMemory},
	} {
		if got := machineMemory(test.root); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

func FuzzSettingsFile(f *testing.F) {
	for _, seed := range []string{"horizon: 90", "map: {customer: a}", "a: [", "? b", "returns:\n  - status=x\n", "- *a", "'\\x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		err := NewDraft().File("f.yaml", []byte(file))
		var settings *Error
		if err != nil && !errors.As(err, &settings) {
			t.Errorf("%q: %v", file, err)
		}
	})
}

// A command takes its own part of a file that serves them all.
func TestDraft_GivesACommandItsPart(t *testing.T) {
	d := NewDraft()
	if err := d.File("winback.yaml", []byte("out: production\nmargin: 0.4\nmap: {customer: x}\n")); err != nil {
		t.Fatal(err)
	}
	if err := d.Flag("top", []string{"3"}); err != nil {
		t.Fatal(err)
	}
	c := &ownFolder{}
	if err := d.Into(c); err != nil {
		t.Fatal(err)
	}
	if c.out != "elsewhere" || c.Top != 3 || c.List != ListContacts {
		t.Errorf("%+v: want the folder by default, as no file names it, and --top", c)
	}
	if err := d.Flag("out", []string{"there"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Into(c); err != nil || c.out != "there" {
		t.Errorf("out %q, %v: want the flag's", c.out, err)
	}
	given := d.given()
	if words := given.For(c); !slices.Equal(words, []string{"--out", "there", "--top", "3", "--config", "winback.yaml"}) {
		t.Errorf("given %q", words)
	}
}

type ownFolder struct {
	Handout
	out string
}

func (c *ownFolder) Settings() []Setting {
	return append(Rows(&c.Handout), Folder(&c.out, "folder", "elsewhere"))
}

func TestDraft_ReadsOrdersOfFilesAndEnvironmentAlone(t *testing.T) {
	d := NewDraft()
	if err := d.File("winback.yaml", []byte("orders: [a, \"b c\"]\n")); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.all.Sources(nil), []string{"a", "b c"}) || !slices.Equal(d.all.Sources([]string{"d"}), []string{"d"}) {
		t.Errorf("orders %q", d.all.Orders)
	}
	if err := d.Environment([]string{"WINBACK_ORDERS=x,y", "HOME=/", "WINBACK_CONFIG=f", "WINBACK_KEEP="}); err != nil || len(d.all.Orders) != 2 || d.all.Orders[0] != "x" || d.from["orders"] != "WINBACK_ORDERS" {
		t.Errorf("orders %q of %s, %v", d.all.Orders, d.from["orders"], err)
	}
	if slices.ContainsFunc(Flags(&d.all), func(s Setting) bool { return s.Name == "orders" }) {
		t.Error("--orders is offered")
	}
}

func TestFile_ADashIsStandardOutput(t *testing.T) {
	for text, want := range map[string]string{"-": "", "list.csv": "list.csv", "./-": "./-"} {
		d, c := NewDraft(), &oneFile{}
		if err := d.Flag("output", []string{text}); err != nil {
			t.Fatal(err)
		}
		if err := d.Into(c); err != nil || c.Output != want {
			t.Errorf("--output %s is %q, %v; want %q", text, c.Output, err, want)
		}
	}
}

type oneFile struct{ File }

func (c *oneFile) Settings() []Setting { return Rows(&c.File) }

func TestDraft_KeepsCommasBetweenQuotes(t *testing.T) {
	for text, want := range map[string][]string{
		`cancelled, test`:                     {"cancelled", "test"},
		`"Cancelled, refunded",test`:          {"Cancelled, refunded", "test"},
		`test, "customer's return, ""late"""`: {"test", `customer's return, "late"`},
		`12" record,24" record`:               {`12" record`, `24" record`},
		`"a, b`:                               {`"a`, "b"},
		`status="a, b",kind = ""`:             {"status=a, b", "kind ="},
		`gone = true`:                         {"gone = true"},
	} {
		all, err := draftOf(t, "", map[string][]string{"exclude-status": {text}})
		if err != nil || !slices.Equal(all.ExcludeStatuses, want) {
			t.Errorf("%s: %q, %v, want %q", text, all.ExcludeStatuses, err, want)
		}
	}
}
