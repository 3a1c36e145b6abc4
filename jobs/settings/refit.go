package settings

// RefitPolicy says when models and groups are learned anew.
type RefitPolicy string

// The policies.
const (
	RefitAuto  RefitPolicy = "auto"  // when it is due or a check says so
	RefitNow   RefitPolicy = "now"   // always
	RefitNever RefitPolicy = "never" // never
)

// Refitting is how long models and groups live.
type Refitting struct {
	Refit          RefitPolicy
	RefitAfterDays int
	GroupsFrom     string // campaign whose groups stay; "" for none
}

func (g *Refitting) rows() []Setting {
	return []Setting{
		{Name: "refit", section: learning, Holder: "auto|now|never", Help: "learn models and groups anew, or score with those of the newest earlier run; auto: when it is due or a check says so", Preset: "auto",
			value: one(&g.Refit, oneOf("auto, now or never", RefitAuto, RefitNow, RefitNever), showText)},
		{Name: "refit-after", section: learning, Holder: "DAYS", Help: "days after which models and groups are learned anew", Preset: "30",
			kind: wholeValue, value: one(&g.RefitAfterDays, within[int]("a whole number", 1, 3650), show)},
		{Name: "groups-from", section: learning, Holder: "NAME", Help: "keep the groups of a campaign, for its next wave", unset: "own groups", flagOnly: true, value: text(&g.GroupsFrom)},
	}
}
