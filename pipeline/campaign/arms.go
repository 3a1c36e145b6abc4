package campaign

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/effect"
	"winback/pipeline/plan"
)

// Arm is what a contacted customer gets.
type Arm struct {
	Name        string   `json:"name" yaml:"name"`
	Share       float64  `json:"share" yaml:"share"` // of the contacts; all sum to 1
	ContactCost *float64 `json:"contact_cost,omitempty" yaml:"contact-cost"`
	Discount    float64  `json:"discount" yaml:"discount"`     // currency; 0 for none
	Threshold   float64  `json:"threshold" yaml:"threshold"`   // order value from which the discount is given; 0 for any
	Redemption  *float64 `json:"redemption" yaml:"redemption"` // share of the returns that take it; 1 where not said
	Stages      []string `json:"stages,omitempty" yaml:"stages"`
	Channel     string   `json:"channel,omitempty" yaml:"channel"`
	Text        string   `json:"text,omitempty" yaml:"text"`
	BelowMean   Yes      `json:"below_mean,omitempty" yaml:"below-mean"` // the threshold may be below the mean order value
}

// Yes is true where a file says yes or true.
type Yes bool

// UnmarshalYAML reads yes, no, true and false.
func (y *Yes) UnmarshalYAML(text []byte) error {
	switch word := strings.ToLower(strings.Trim(strings.TrimSpace(string(text)), `"'`)); word {
	case "yes", "true":
		*y = true
	case "no", "false":
		*y = false
	default:
		return fmt.Errorf("want yes or no, found %q", word)
	}
	return nil
}

// OneArm is the arm where none are named.
func OneArm() []Arm { return []Arm{{Name: "contact", Share: 1}} }

// ParseArms reads arms as a YAML file has them. The error names file and place, and
// what was found and wanted.
func ParseArms(file string, content []byte) ([]Arm, error) {
	var table struct {
		Arms []Arm `yaml:"arms"`
	}
	if err := data.StrictYAML(file, content, &table); err != nil {
		return nil, err
	}
	if err := checkArms(table.Arms); err != nil {
		return nil, &data.InputError{Path: file, Err: err}
	}
	return table.Arms, nil
}

var stages = []string{"active", "silent", "sleeping", "lost"}

func checkArms(arms []Arm) error {
	if len(arms) == 0 {
		return errors.New("want at least one arm under arms")
	}
	sum, names := 0.0, []string{tables.HoldoutArm, AllArms}
	for i, a := range arms {
		if err := a.check(); err != nil {
			return fmt.Errorf("arm %d: %w", i+1, err)
		}
		if slices.Contains(names, a.Name) {
			return fmt.Errorf("arm %d: the name %q is taken", i+1, a.Name)
		}
		names, sum = append(names, a.Name), sum+a.Share
	}
	if math.Abs(sum-1) > 1e-9 {
		return fmt.Errorf("the shares of the arms sum to %g, want 1", sum)
	}
	return nil
}

func (a *Arm) check() error {
	switch {
	case CheckName(a.Name) != nil:
		return CheckName(a.Name)
	case !(a.Share > 0 && a.Share <= 1):
		return fmt.Errorf("share %g: want above 0 and at most 1", a.Share)
	case a.ContactCost != nil && !(*a.ContactCost >= 0), !(a.Discount >= 0), !(a.Threshold >= 0):
		return errors.New("contact-cost, discount and threshold: want amounts of at least 0")
	case a.Redemption != nil && !(*a.Redemption >= 0 && *a.Redemption <= 1):
		return fmt.Errorf("redemption %g: want a share from 0 to 1", *a.Redemption)
	}
	for _, stage := range a.Stages {
		if !slices.Contains(stages, stage) {
			return fmt.Errorf("stage %q: want %s", stage, strings.Join(stages, ", "))
		}
	}
	return nil
}

// Takes says whether customers of a stage may get the arm.
func (a *Arm) Takes(stage string) bool {
	return len(a.Stages) == 0 || stage == "" || slices.Contains(a.Stages, stage)
}

// MixedStages names two arms that share some stages and not all: within a group they
// reach customers of other stages than each other, so that what each does cannot be
// told well. "" for none.
func MixedStages(arms []Arm) string {
	for i, a := range arms {
		for _, b := range arms[i+1:] {
			shared, one := 0, 0
			for _, stage := range stages {
				switch x, y := a.Takes(stage), b.Takes(stage); {
				case x && y:
					shared++
				case x || y:
					one++
				}
			}
			if shared > 0 && one > 0 {
				return fmt.Sprintf("%q and %q", a.Name, b.Name)
			}
		}
	}
	return ""
}

// Offer is what a contact of the arm costs and gives away; the cost is NaN where
// nobody has said it.
func (a *Arm) Offer(p *Plan) effect.Offer {
	o := effect.Offer{ContactCost: float64(p.ContactCost), Discount: a.Discount, Redemption: 1}
	if a.ContactCost != nil {
		o.ContactCost = *a.ContactCost
	}
	if a.Redemption != nil {
		o.Redemption = *a.Redemption
	}
	return o
}

// ThresholdTooLow says of the arm whose offer most orders of a group reach anyway,
// so that it moves nobody to buy more. mean is the mean order value of the group's
// customers, 0 where it is not known.
func (a *Arm) ThresholdTooLow(group int32, mean float64) error {
	if a.Discount == 0 || a.Threshold == 0 || a.BelowMean || mean == 0 || a.Threshold > mean {
		return nil
	}
	return fmt.Errorf("arm %q: the threshold of %.2f is not above the mean order value of group %d, %.2f; take %.0f, or say below-mean: yes in the arm",
		a.Name, a.Threshold, group, mean, plan.CouponThreshold(mean))
}

// CheckName refuses names of campaigns and arms that cannot stand in a path or on a
// line.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("the name is empty")
	case len(name) > 64:
		return fmt.Errorf("the name has %d bytes, want at most 64", len(name))
	case strings.ContainsFunc(name, func(r rune) bool { return r == '/' || r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffd }):
		return fmt.Errorf("the name %q: want neither / nor control characters", name)
	}
	return nil
}
