'use strict';
// Draws the charts of this page from the JSON beside it. Colours are read when drawing, so that they follow light and dark.
(() => {
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const grouped = v => Math.round(v).toLocaleString('en-US');
  const short = v => {
    const a = Math.abs(v);
    return a >= 1e9 ? +(v / 1e9).toFixed(2) + 'B' : a >= 1e6 ? +(v / 1e6).toFixed(2) + 'M' : a >= 1e4 ? +(v / 1e3).toFixed(1) + 'k'
      : grouped(v);
  };
  const bytes = v => {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let i = 0;
    while (Math.abs(v) >= 999.5 && i < 4) { v /= 1000; i++; }
    return +v.toPrecision(3) + ' ' + units[i];
  };
  const formats = {
    LOSS: { value: v => v.toFixed(4), tick: v => +v.toFixed(3) },
    SMALL: { value: v => v !== 0 && Math.abs(v) < 0.01 ? v.toExponential(2) : v.toFixed(3), tick: v => +v.toPrecision(3) },
    COUNT: { value: grouped, tick: short },
    PERCENT: { value: v => (100 * v).toFixed(1) + ' %', tick: v => +(100 * v).toFixed(1) + ' %' },
    BYTES: { value: bytes, tick: bytes },
  };
  const charts = JSON.parse(document.getElementById('data').textContent);
  const ends = some => some.flatMap(c => c.lines.flatMap(l => [l.x[0], l.x[l.x.length - 1]]));
  const overSteps = charts.filter(c => c.over === 'step');
  // All charts over steps show the same ones, so that one crosshair goes through all of them.
  const range = chart => {
    const x = ends(chart.over === 'step' ? overSteps : [chart]);
    return [Math.min(...x), Math.max(...x)];
  };
  const plots = [];

  /** The newest value at or before a place, as lines have points at different steps; none after a line's end. */
  const valueAt = (ys, place) => {
    if (ys.findLastIndex(y => y != null) < place) { return null; }
    const idx = ys.findLastIndex((y, i) => i <= place && y != null);
    return idx < 0 ? null : ys[idx];
  };

  const tooltip = (chart, format) => {
    const tip = document.createElement('div');
    tip.className = 'tip';
    const row = (left, right) => {
      const div = document.createElement('div');
      const a = document.createElement('span');
      a.append(...left);
      const b = document.createElement('b');
      b.textContent = right;
      div.append(a, b);
      return div;
    };
    return {
      hooks: {
        init: u => {
          u.over.append(tip);
          u.over.addEventListener('mouseleave', () => { tip.style.display = 'none'; });
        },
        setCursor: u => {
          const { idx, left } = u.cursor;
          if (idx == null || left < 0 || !u.over.matches(':hover')) {
            tip.style.display = 'none';
            return;
          }
          tip.replaceChildren();
          const head = row([chart.over], grouped(u.data[0][idx]));
          head.className = 'at';
          tip.append(head);
          chart.lines.forEach((line, i) => {
            const value = valueAt(u.data[i + 1], idx);
            if (value != null && u.series[i + 1].show) {
              const mark = document.createElement('i');
              mark.style.setProperty('--c', 'var(' + line.color + ')');
              mark.className = line.dashed ? 'dashed' : '';
              tip.append(row([mark, line.label], format.value(value)));
            }
          });
          tip.style.display = 'block';
          const right = left + 16 + tip.offsetWidth > u.over.clientWidth;
          tip.style.left = Math.max(0, right ? left - tip.offsetWidth - 12 : left + 12) + 'px';
          tip.style.top = '6px';
        },
      },
    };
  };

  const axis = (extra) => Object.assign({
    stroke: () => css('--soft'), font: '12px system-ui, sans-serif', gap: 6,
    grid: { stroke: () => css('--grid'), width: 1 }, ticks: { show: false },
  }, extra);

  const draw = chart => {
    const figure = document.getElementById('chart-' + chart.id);
    const place = figure.querySelector('.plot');
    const format = formats[chart.format];
    const [from, to] = range(chart);
    const data = uPlot.join([[[from, to]]].concat(chart.lines.map(l => [l.x, l.y])));
    const reset = document.createElement('button');
    reset.type = 'button';
    reset.className = 'reset';
    reset.textContent = chart.over === 'step' ? 'whole run' : 'all';
    reset.hidden = true;
    figure.append(reset);
    const u = new uPlot({
      width: place.clientWidth, height: place.clientHeight, legend: { show: false }, padding: [8, 22, 0, 0],
      cursor: { y: false, sync: chart.over === 'step' ? { key: 'steps', setSeries: false, scales: ['x', null] } : undefined, points: { size: 7, width: 2 }, drag: { x: true, y: false } },
      scales: {
        x: { time: false, distr: chart.log ? 3 : 1 },
        y: { range: (self, min, max) => min == null ? [0, 1] : chart.zero ? [0, max > 0 ? max * 1.08 : 1]
          : uPlot.rangeNum(min, max, 0.08, false) },
      },
      axes: [axis({ values: (self, ticks) => ticks.map(v => v == null ? '' : short(v)), space: 64, size: 30 }),
        axis({ values: (self, ticks) => ticks.map(format.tick), size: 56, space: 34 })],
      series: [{}].concat(chart.lines.map(line => ({
        label: line.label, stroke: () => css(line.color), width: line.color === '--quiet' ? 1.25 : 2,
        dash: line.dashed ? [6, 5] : undefined, spanGaps: true,
        points: { show: line.x.length <= 40 && chart.lines.length > 1, size: 5, fill: () => css(line.color) },
      }))),
      plugins: [tooltip(chart, format)],
      hooks: {
        setScale: [(self, key) => {
          if (key === 'x') { reset.hidden = self.scales.x.min <= from && self.scales.x.max >= to; }
        }],
        draw: [self => {
          // For whoever checks this page: how many lines have been drawn.
          figure.dataset.drawn = self.series.slice(1).filter(s => s.show && s.min != null && s._paths != null).length;
        }],
      },
    }, data, place);
    reset.addEventListener('click', () => plots.filter(p => p.chart.over === chart.over || p.chart === chart)
      .forEach(p => p.u.setScale('x', { min: p.from, max: p.to })));
    figure.querySelectorAll('.legend button').forEach((button, i) => button.addEventListener('click', () => {
      const show = button.getAttribute('aria-pressed') === 'false';
      button.setAttribute('aria-pressed', show);
      u.setSeries(i + 1, { show });
    }));
    new ResizeObserver(() => u.setSize({ width: place.clientWidth, height: place.clientHeight })).observe(place);
    plots.push({ u, chart, from, to });
  };

  charts.forEach(draw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plots.forEach(p => p.u.redraw(false)));
  if (document.documentElement.hasAttribute('data-reload')) {
    setInterval(() => { if (!document.hidden) { location.reload(); } }, 30000);
  }
})();
