package plan

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"winback/data/tables"
	"winback/pipeline/wording"
)

// mostWaves is how many waves somebody may wait for.
const mostWaves = 100

// waves is after how many waves of so many customers, a share of them held out,
// a rise of the return rate from p by lift is found, in the sense of
// DetectableLift.
func waves(p, lift, customers, share float64) float64 {
	n, m, raised := customers*(1-share), customers*share, p+lift
	pooled := raised*(1-share) + p*share
	need := distuv.UnitNormal.Quantile(.975)*math.Sqrt(pooled*(1-pooled)*(1/n+1/m)) +
		distuv.UnitNormal.Quantile(.8)*math.Sqrt(raised*(1-raised)/n+p*(1-p)/m)
	return math.Ceil(need * need / (lift * lift))
}

// pooled are the recommended groups as one.
type pooled struct {
	customers, heldOut float64
	chance             float64 // mean
	breakEven          float64 // lift of a contact of average spend
	seen               bool    // the holdout of one of them shows its break-even lift
}

func pool(rows []tables.GroupRow, s Settings) (p pooled) {
	contacts, returns, spend := 0.0, 0.0, 0.0
	for _, r := range rows {
		if !r.Recommended {
			continue
		}
		n := float64(r.ContactCustomers + r.HoldoutCustomers)
		p.customers += n
		p.heldOut += float64(r.HoldoutCustomers)
		p.chance += n * r.Probability
		contacts += float64(r.ContactCustomers)
		returns += r.ExpectedReturns
		spend += r.ExpectedReturns * r.ExpectedSpend
		p.seen = p.seen || r.DetectableLift <= r.BreakEvenLift
	}
	p.chance /= p.customers
	p.breakEven = BreakEvenLift(spend/returns, s.Margin, s.ContactCost)
	return p
}

// holdout says which holdout would show whether contacts pay, and after how many
// waves; "" where this one shows it of a group, or where money is not known.
func (p *Plan) holdout(rows []tables.GroupRow, s Settings) string {
	all := pool(rows, s)
	if p.Contacts == 0 || all.seen || !(all.breakEven > 0 && all.breakEven < 1-all.chance) {
		return ""
	}
	text := fmt.Sprintf("No group's break-even lift can be seen with its holdout. All recommended groups together, %s customers with a chance of %s, pay from a rise of %s percentage points on",
		wording.Prose.Fixed(all.customers, 0), wording.Prose.Percent(all.chance), points(all.breakEven))
	after := func(share float64) float64 { return waves(all.chance, all.breakEven, all.customers, share) }
	words := func(share float64) string {
		n := after(share)
		if n > mostWaves {
			return fmt.Sprintf("a holdout of %s does not show that in %d such waves", wording.Trimmed(100*share, 1)+" %", mostWaves)
		}
		return fmt.Sprintf("a holdout of %s shows that after %s", wording.Trimmed(100*share, 1)+" %", wording.Counted(int64(n), "such wave"))
	}
	share := 0.05
	for share < 0.5 && after(share) > 1 {
		share = math.Round(100*share+5) / 100
	}
	if now := all.heldOut / all.customers; now > 0 {
		now = math.Round(1000*now) / 1000
		text += ": " + words(now)
		if after(now) > 1 && share > now {
			text += ", " + words(share)
		}
		return text + "."
	}
	return text + ": " + words(share) + "."
}
