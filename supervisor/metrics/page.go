package metrics

import (
	"strconv"
	"strings"

	"github.com/slot-paas/slot/slot"
)

// page is a text in the making: families of samples, as
// https://prometheus.io/docs/instrumenting/exposition_formats/ has them.
type page struct{ text []byte }

// labels are pairs of a name and a value.
type labels [][2]string

// escaper is for values of labels.
var escaper = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

func (p *page) family(name, kind, help string) {
	p.text = append(p.text, "# HELP "+name+" "+help+"\n# TYPE "+name+" "+kind+"\n"...)
}

func (p *page) sample(name string, ls labels, value float64) {
	p.text = append(p.text, name...)
	for i, l := range ls {
		p.text = append(p.text, "{,"[min(i, 1)])
		p.text = append(p.text, l[0]+`="`+escaper.Replace(l[1])+`"`...)
	}
	if len(ls) > 0 {
		p.text = append(p.text, '}')
	}
	p.text = strconv.AppendFloat(append(p.text, ' '), value, 'g', -1, 64)
	p.text = append(p.text, '\n')
}

// histogram writes the counts as Prometheus wants them: each bucket has those
// of the ones below it.
func (p *page) histogram(name, of string, l slot.Latency) {
	total := int64(0)
	for i, n := range l.Counts {
		total += n
		le := "+Inf"
		if i < len(l.Seconds) {
			le = strconv.FormatFloat(l.Seconds[i], 'g', -1, 64)
		}
		p.sample(name+"_bucket", labels{{"slot", of}, {"le", le}}, float64(total))
	}
	p.sample(name+"_sum", labels{{"slot", of}}, l.Sum)
	p.sample(name+"_count", labels{{"slot", of}}, float64(total))
}
