// Package effect says what a campaign caused: the extra returns of contacted
// customers against held-out ones, so far and by the end, what they earn, when
// to stop, and whom to send what next. It knows numbers and no files, and no
// clock: a night is the counts of that night.
//
// All comparisons go by what a customer was assigned to, whether or not
// anything was sent (intention to treat). Counts are of customers, rates and
// lifts fractions, money in currency. Intervals are at 95 %. What cannot be
// told is NaN, see Estimate.Known.
//
// The second lapse of those who were assigned (how many returned and bought
// again) is compared by Extra too: it is another count of the same customers.
package effect
