package settings

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"winback/pipeline/plan"
)

// Draw names the draw of who is held out.
type Draw struct {
	Campaign string // the same name draws the same holdout; never empty
}

func (g *Draw) rows() []Setting {
	return []Setting{{Name: "campaign", section: contacting, Holder: "NAME", Help: "the same name holds the same customers out", Preset: "winback", value: text(&g.Campaign)}}
}

// HeldOut is how many are held out, and the secret that decides who.
type HeldOut struct {
	Holdout float64 // share of customers left alone, within [0, 1)
	Secret
}

func (g *HeldOut) rows() []Setting {
	return append([]Setting{
		{Name: "holdout", section: contacting, Holder: "SHARE", Help: "share of the customers left alone, to measure the effect", Preset: "0.1",
			value: one(&g.Holdout, parseHoldout, func(v float64) []string { return []string{number(v)} })},
	}, g.Secret.rows()...)
}

// Secret is the key of all that is drawn or hashed by customer.
type Secret struct {
	HoldoutKey string // never empty
}

func (g *Secret) rows() []Setting {
	return []Setting{
		{Name: "holdout-key", section: contacting, Holder: "TEXT", Help: "secret of the holdout's draw, and of the hashes of forgotten customers", Preset: "winback", secret: true, value: text(&g.HoldoutKey)},
	}
}

// Forgotten is whom to forget.
type Forgotten struct {
	ListFile string // "" for those of the command line
}

func (g *Forgotten) rows() []Setting {
	return []Setting{
		{Name: "file", section: asking, Holder: "FILE", Help: "customers to forget: one id a line, CSV or Parquet", unset: "those of the command line", flagOnly: true, value: onDisk(&g.ListFile)},
	}
}

// Suppression is who is kept off all lists.
type Suppression struct {
	SuppressFile string // "" for none
}

func (g *Suppression) rows() []Setting {
	return []Setting{
		{Name: "suppress", section: contacting, Holder: "FILE", Help: "customers kept off all lists: one id a line, CSV or Parquet", unset: "none", value: fileInStore(&g.SuppressFile)},
	}
}

// Money is what a sale is worth.
type Money struct {
	Margin float64 // share of the sales that is margin, within (0, 1]; 0 when not known
}

func (g *Money) rows() []Setting {
	return []Setting{
		{Name: "margin", section: contacting, Holder: "RATE", Help: "share of the sales that is margin", unset: "not known",
			value: one(&g.Margin, positive(parseShare, "a share above 0 such as 0.4 or 40%"), showNumber)},
	}
}

// Plan is how many are contacted.
type Plan struct {
	TargetReturns ReturnTarget // stop rule; zero for none
	Capacity      int64        // most contacts; 0 for no limit
	Budget        float64      // most spent on contacts, in currency; 0 for no limit
	Coupons       plan.CouponShares
	Money
	Cost
}

// Cost is what one contact costs.
type Cost struct {
	ContactCost float64 // in currency; NoCost when not known
}

func (g *Cost) rows() []Setting {
	cost := one(&g.ContactCost, parseAmount, showCost)
	cost.none = NoCost
	return []Setting{
		{Name: "contact-cost", section: contacting, Holder: "AMOUNT", Help: "what one contact costs", unset: "not known", kind: numberValue, value: cost},
	}
}

// NoCost is a contact cost that nobody has set.
const NoCost = -1

func (g *Plan) rows() []Setting {
	return slices.Concat([]Setting{
		{Name: "target-returns", section: contacting, Holder: "N|SHARE%", Help: "stop when so many returns are expected", unset: "no limit",
			value: one(&g.TargetReturns, parseTarget, func(t ReturnTarget) []string { return showText(t.String()) })},
		{Name: "capacity", section: contacting, Holder: "N", Help: "most customers to contact", unset: "no limit",
			kind: wholeValue, value: one(&g.Capacity, within[int64]("a whole number", 1, 1e12), show)},
		{Name: "budget", section: contacting, Holder: "AMOUNT", Help: "most to spend on contacts", unset: "no limit",
			kind: numberValue, value: one(&g.Budget, positive(parseAmount, "an amount above 0"), showNumber)},
		{Name: "coupons", section: contacting, Holder: "SHARE,SHARE,SHARE,SHARE", Help: "discounts that the brief suggests where the money is known, as shares of the order value from which they are given: active, silent, sleeping, lost at a big event", Preset: "0,0.1,0.2,0.2",
			kind: listValue, value: many(&g.Coupons, parseCoupons, showCoupons)},
	}, g.Money.rows(), g.Cost.rows())
}

// parseCoupons reads 0,0.1,20%,0.2: a share for each stage.
func parseCoupons(parts []string) (shares plan.CouponShares, err error) {
	if len(parts) != len(shares) {
		return shares, wantFound("a share for each of the four stages such as 0,0.1,0.2,0.2", strings.Join(parts, ","))
	}
	for i, part := range parts {
		if shares[i], err = parseShare(part); err != nil {
			return shares, err
		}
	}
	return shares, nil
}

func showCoupons(shares plan.CouponShares) (parts []string) {
	for _, share := range shares {
		parts = append(parts, number(share))
	}
	return parts
}

// validate checks what no setting can check alone.
func (g *Plan) validate() error {
	if g.Budget > 0 && g.ContactCost <= 0 {
		return &Error{Where: "--budget", Text: "needs to know what a contact costs: set --contact-cost too, above 0"}
	}
	return nil
}

func showCost(v float64) []string {
	if v == NoCost {
		return nil
	}
	return []string{number(v)}
}

func parseHoldout(text string) (float64, error) {
	v, err := parseShare(text)
	if err != nil || v == 1 {
		return 0, wantFound("a share below 1 such as 0.1 or 10%", text)
	}
	return v, nil
}

// ReturnTarget is a number of returns, or a share of all that are expected.
// At most one of the two is set.
type ReturnTarget struct {
	Count float64
	Share float64 // within (0, 1]
}

// parseTarget reads 1200 or 5%.
func parseTarget(text string) (ReturnTarget, error) {
	if strings.HasSuffix(text, "%") {
		share, err := parseShare(text)
		if err == nil && share > 0 {
			return ReturnTarget{Share: share}, nil
		}
	} else if v, err := strconv.ParseFloat(text, 64); err == nil && v > 0 && v <= 1e12 {
		return ReturnTarget{Count: v}, nil
	}
	return ReturnTarget{}, wantFound("a number of returns such as 1200, or a share of all expected ones such as 5%", text)
}

// String is the target as it is written in the settings; empty without one.
func (t ReturnTarget) String() string {
	switch {
	case t.Share > 0:
		return number(math.Round(t.Share*1e10)/1e8) + "%"
	case t.Count > 0:
		return number(t.Count)
	}
	return ""
}
