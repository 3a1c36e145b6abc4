package settings

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"winback/data"
	"winback/internal/fsys"
	"winback/internal/objectstore"
	"winback/pipeline/learn"
)

// UsualOut is the output folder where none is named.
const UsualOut = "out"

// Runs is where published runs are.
type Runs struct {
	Out string // folder of the published runs
}

func (g *Runs) rows() []Setting {
	return []Setting{
		{Name: "out", section: running, Holder: "DIR", Help: "folder of the published runs", Preset: UsualOut, apart: true, value: inStore(&g.Out)},
	}
}

// Folder is the setting --out of a command that has a folder of its own, which
// no settings file names: that of the runs is another one. Without a preset the
// command asks for it.
func Folder(at *string, help, preset string) Setting {
	row := Setting{Name: "out", section: running, Holder: "DIR", Help: help, Preset: preset, flagOnly: true, value: onDisk(at)}
	if preset == "" {
		row.Example = "orders"
	}
	return row
}

// Trial is whether a command only says what it would do.
type Trial struct {
	DryRun bool
}

func (g *Trial) rows() []Setting {
	return []Setting{
		{Name: "dry-run", section: asking, Help: "read and check the orders and say what would be done; learn and write nothing", Preset: "false",
			kind: boolValue, flagOnly: true, value: one(&g.DryRun, parseBool, func(v bool) []string { return []string{strconv.FormatBool(v)} })},
	}
}

// Kept is how many runs stay.
type Kept struct {
	Keep int
}

func (g *Kept) rows() []Setting {
	return []Setting{
		{Name: "keep", section: running, Holder: "N", Help: "runs to keep; older ones are removed", Preset: "30", apart: true,
			kind: wholeValue, value: one(&g.Keep, within[int]("a whole number", 1, 100_000), show)},
	}
}

// TableForm is how tables are written.
type TableForm struct {
	MoneyType data.MoneyType
}

func (g *TableForm) rows() []Setting {
	return []Setting{
		{Name: "money", section: running, Holder: "decimal|double", Help: "amounts in tables: exact decimals, or doubles for tools that read no decimals", Preset: "decimal",
			value: one(&g.MoneyType, oneOf("decimal or double", data.MoneyDecimal, data.MoneyDouble), showText)},
	}
}

// Machine is what of the machine is used.
type Machine struct {
	MemoryBytes int64 // 0: half of the machine's; see MemoryLimit
	Parallel
	Modes
}

func (g *Machine) rows() []Setting {
	return slices.Concat([]Setting{
		{Name: "memory", section: running, Holder: "SIZE", Help: "most memory to use, such as 4GiB; auto: half the machine's", Preset: "auto", apart: true,
			value: one(&g.MemoryBytes, orAuto(parseMemory), showMemory)},
	}, g.Parallel.rows(), g.Modes.rows())
}

// Modes is who may read and change what is written.
type Modes struct {
	Granted fs.FileMode // to the group and to others, of 0077; the owner has all rights
}

func (g *Modes) rows() []Setting {
	return []Setting{
		{Name: "umask", section: running, Holder: "MASK", Help: "rights that files and folders do not give; 027: their group reads, 007: it writes too, 022: all read", Preset: "027", apart: true,
			value: one(&g.Granted, parseMask, func(m fs.FileMode) []string { return []string{fmt.Sprintf("%03o", maskable&^m)} })},
	}
}

// maskable are the rights that a umask may take.
const maskable fs.FileMode = 0o077

// FS is the file system, with these modes, and object stores.
func (g *Modes) FS() fsys.FS { return withStores(fsys.Masked(maskable &^ g.Granted)) }

// Files are the file system and object stores, for commands that have no modes to ask for.
func Files() fsys.FS { return withStores(fsys.OS()) }

func withStores(local fsys.FS) fsys.FS {
	return objectstore.Files(local, objectstore.Options{Now: time.Now})
}

// Parallel is how much is done at a time.
type Parallel struct {
	Workers int // 0: one per processor; see WorkerCount
}

func (g *Parallel) rows() []Setting {
	return []Setting{
		{Name: "workers", section: running, Holder: "N", Help: "what runs at a time; auto: one per processor", Preset: "auto", apart: true,
			value: one(&g.Workers, orAuto(within[int]("a whole number", 1, 1024)), showAuto)},
	}
}

// KeptHistory is where the order history is kept from night to night.
type KeptHistory struct {
	Store string // folder; "" for none
}

func (g *KeptHistory) rows() []Setting {
	return []Setting{
		{Name: "store", section: running, Holder: "DIR", Help: "keeps the history, so that only new or changed files are read", unset: "all files are read", apart: true, value: onDisk(&g.Store)},
	}
}

// Learning is how models are learned.
type Learning struct {
	GroupRules   learn.GroupRules
	MaxGroups    int
	TrainingRows int // most rows to train on
}

func (g *Learning) rows() []Setting {
	return []Setting{
		{Name: "group-rules", section: learning, Holder: "plain|sharp", Help: "what the groups' rules ask about: what other systems can filter on, or all that is known", Preset: "plain",
			value: one(&g.GroupRules, oneOf("plain or sharp", learn.PlainRules, learn.SharpRules), showText)},
		{Name: "max-groups", section: learning, Holder: "N", Help: "most contact groups", Preset: "10",
			kind: wholeValue, value: one(&g.MaxGroups, within[int]("a whole number", 1, 10), show)},
		{Name: "training-rows", section: learning, Holder: "N", Help: "most rows to train on; a sample is drawn above", Preset: "1000000",
			kind: wholeValue, value: one(&g.TrainingRows, within[int]("a whole number", 1000, 1_000_000_000), show)},
	}
}

// Scores are scores that another system made, judged beside the models.
type Scores struct {
	ScoreFile   string // "" for none
	ScoreColumn string // "" finds it
}

func (g *Scores) rows() []Setting {
	return []Setting{
		{Name: "score", section: learning, Holder: "FILE", Help: "scores made elsewhere, judged as one more model: customer_id, as_of and a score, Parquet or CSV", unset: "none", value: fileInStore(&g.ScoreFile)},
		{Name: "score-column", section: learning, Holder: "NAME", Help: "column of --score that ranks, higher first", unset: "score, or the only one beside customer_id and as_of", value: text(&g.ScoreColumn)},
	}
}

// Random is what all that is drawn hangs on.
type Random struct {
	Seed uint64
}

func (g *Random) rows() []Setting {
	return []Setting{
		{Name: "seed", section: learning, Holder: "N", Help: "of all that is drawn; the same seed gives the same bytes", Preset: "1",
			kind: wholeValue, value: one(&g.Seed, within[uint64]("a whole number", 0, 1<<62), func(v uint64) []string { return []string{number64(v)} })},
	}
}
