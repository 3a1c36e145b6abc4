package console

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"winback/pipeline/wording"
)

// Progress is a stage that runs. Its methods may be called from several
// goroutines; a nil Progress takes them too.
type Progress struct {
	ui      UI
	name    string
	unit    string
	total   atomic.Int64 // 0: not known
	count   atomic.Int64
	started time.Time
	stop    chan struct{}
	stopped sync.WaitGroup
	done    sync.Once
	ending  sync.Once
}

// Stage begins a stage such as "read orders". total is how much there is to do,
// 0 where that is not known; unit names what is counted, such as "rows".
func (u UI) Stage(name string, total int64, unit string) *Progress {
	p := &Progress{ui: u, name: name, unit: unit, started: time.Now(), stop: make(chan struct{})}
	p.total.Store(total)
	if u.screen == nil {
		return p
	}
	if u.screen.terminal {
		u.screen.stopStage()
		u.screen.startStage(p)
	}
	return p
}

// Of says how much there is to do, once that is known.
func (p *Progress) Of(total int64) {
	if p != nil {
		p.total.Store(total)
	}
}

// Add counts what was done since the last call.
func (p *Progress) Add(n int64) {
	if p != nil {
		p.count.Add(n)
	}
}

// Counted is how much was done so far, and of how much; 0 where that is not
// known.
func (p *Progress) Counted() (done, total int64) { return p.count.Load(), p.total.Load() }

// Done ends the stage with a line; note, where given, says what came of it.
// Only the first call counts.
func (p *Progress) Done(note string) {
	if p == nil {
		return
	}
	p.done.Do(func() {
		p.end()
		seconds := time.Since(p.started).Seconds()
		count := p.count.Load()
		if p.ui.Format == JSON {
			p.ui.json(logLine{Level: "info", Stage: p.name, Message: note, Count: count, Unit: p.unit, Seconds: seconds})
			return
		}
		p.ui.line(stageLine(p.name, note, count, p.unit, seconds))
	})
}

// stageLine is what stays of a stage on the screen.
func stageLine(name, note string, count int64, unit string, seconds float64) string {
	text := fmt.Sprintf("%-16s %6.1f s", name, seconds)
	if count > 0 {
		text += fmt.Sprintf("  %s %s", wording.Thousands(count), unit)
		if seconds >= 0.1 {
			text += fmt.Sprintf(" (%s/s)", Short(float64(count)/seconds))
		}
	}
	if note != "" {
		text += "  " + note
	}
	return text
}

// redrawEvery is how often the bar is drawn anew.
const redrawEvery = 200 * time.Millisecond

// end stops the bar and takes it away.
func (p *Progress) end() {
	p.ending.Do(func() { close(p.stop) })
	p.stopped.Wait()
}

func (s *screen) startStage(p *Progress) {
	s.mu.Lock()
	s.stage = p
	s.mu.Unlock()
	p.stopped.Go(func() {
		ticks := time.NewTicker(redrawEvery)
		defer ticks.Stop()
		for {
			s.show(p.bar(time.Since(p.started)))
			select {
			case <-p.stop:
				s.show("")
				return
			case <-ticks.C:
			}
		}
	})
}

func (s *screen) stopStage() {
	s.mu.Lock()
	p := s.stage
	s.stage = nil
	s.mu.Unlock()
	if p != nil {
		p.end()
	}
}

const barWidth = 30

// bar draws the stage: how far, how fast, and how long it will take.
func (p *Progress) bar(elapsed time.Duration) string {
	count, total := p.count.Load(), p.total.Load()
	perSecond := float64(count) / max(elapsed.Seconds(), 0.001)
	if total <= 0 || count == 0 {
		text := fmt.Sprintf("%-16s %s", p.name, clock(elapsed))
		if count > 0 {
			text += fmt.Sprintf("  %s %s  %s/s", wording.Thousands(count), p.unit, Short(perSecond))
		}
		return text
	}
	share := min(1, float64(count)/float64(total))
	filled := int(share * barWidth)
	left := time.Duration(float64(max(0, total-count)) / perSecond * float64(time.Second))
	return fmt.Sprintf("%-16s [%s%s] %3.0f %%  %s %s/s  %s left", p.name,
		strings.Repeat("=", filled), strings.Repeat(" ", barWidth-filled), share*100, Short(perSecond), p.unit, clock(left))
}

// clock writes a duration as 0:07 or 1:02:03.
func clock(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
