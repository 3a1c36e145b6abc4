package settings

// Sampled is the file by which lines of another engine are understood.
type Sampled struct {
	SampleFile string // Parquet
}

func (g *Sampled) rows() []Setting {
	return []Setting{{Name: "sample", section: asking, Holder: "FILE", Help: "rows of the table as Parquet, by which its columns are understood", Example: "sample.parquet", flagOnly: true, value: text(&g.SampleFile)}}
}

// Packaged is the package by which a stage is done.
type Packaged struct {
	PackageFile string
}

func (g *Packaged) rows() []Setting {
	return []Setting{{Name: "package", section: asking, Holder: "FILE", Help: "package of the stage, which winback scale driver has written", Example: "packages/score", flagOnly: true, value: text(&g.PackageFile)}}
}

// Packages is where the packages of stages are written.
type Packages struct {
	PackagesDir string
}

func (g *Packages) rows() []Setting {
	return []Setting{{Name: "packages", section: asking, Holder: "DIR", Help: "folder for the packages of stages that are done elsewhere", unset: "the driver does all stages", Example: "packages", flagOnly: true, value: text(&g.PackagesDir)}}
}

// Gathered is the table of another engine whose lines are gathered.
type Gathered struct {
	Table     string // its name, for the manifest
	TableRows int64  // that it has; 0: not known
}

func (g *Gathered) rows() []Setting {
	return []Setting{
		{Name: "table", section: asking, Holder: "NAME", Help: "name of the table, for the manifest", Example: "shop.order_lines", flagOnly: true, value: text(&g.Table)},
		{Name: "table-rows", section: asking, Holder: "N", Help: "rows of the table; where other than N arrive, nothing is published", unset: "not compared",
			kind: wholeValue, flagOnly: true, value: one(&g.TableRows, within[int64]("a whole number", 1, 1e15), show)},
	}
}
