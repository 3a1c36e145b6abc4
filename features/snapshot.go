package features

import (
	"fmt"

	"winback/data"
)

// Snapshot asks for the feature rows of one as-of day.
type Snapshot struct {
	// AsOf is the as-of day: lines of that day and later are used by nothing
	// but the label.
	AsOf data.Day
	// Horizon is the length in days, 1 to 36,500, of the label's window, which
	// begins with the as-of day, and of the season's windows.
	Horizon int
	// LapsedAfter leaves out customers whose last purchase day is fewer days
	// ago. 0 keeps all.
	LapsedAfter int
	// DataEnd is the first day with no data any more: where the label's window
	// reaches beyond it, the label is missing. 0: every row has a label.
	DataEnd data.Day
	// Extra adds the columns of ExtraSchema.
	Extra bool
}

// maxHorizon is a hundred years.
const maxHorizon = 36_500

func (s Snapshot) validate() error {
	if s.Horizon < 1 || s.Horizon > maxHorizon {
		return fmt.Errorf("features as of %s: horizon %d: want 1 to %d days", s.AsOf, s.Horizon, maxHorizon)
	}
	if s.LapsedAfter < 0 {
		return fmt.Errorf("features as of %s: lapsed after %d: want 0 or more days", s.AsOf, s.LapsedAfter)
	}
	return nil
}

// fits says whether the table was made for the snapshot.
func (s Snapshot) fits(t *Table) error {
	columns := schemaColumns
	if s.Extra {
		columns = allColumns
	}
	if t.AsOf != s.AsOf || t.Horizon != s.Horizon || len(t.Columns) != columns {
		return fmt.Errorf("features as of %s, horizon %d, %d columns: the table is of %s, horizon %d, %d columns",
			s.AsOf, s.Horizon, columns, t.AsOf, t.Horizon, len(t.Columns))
	}
	return nil
}
