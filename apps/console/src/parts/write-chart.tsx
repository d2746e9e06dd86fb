// Client writes, one point a second: acknowledged as an area, failed as bars, seconds without any report as a gap. Loaded
// only where it's shown; the table beneath says the same.
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export type WritePoint = { readonly atMs: number; readonly succeeded: number; readonly failed: number };
type Props = { readonly points: readonly WritePoint[]; readonly fromMs: number; readonly untilMs: number };

const HEIGHT = 180;

/** Rendered lazily, hence the named export that React.lazy is given by its caller. */
export function WriteChart({ points, fromMs, untilMs }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const theme = useTheme();
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsFor(element, theme), [[], [], []], element);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [theme]);
  useEffect(() => {
    chart.current?.setData(seconds(points, fromMs, untilMs));
  }, [points, fromMs, untilMs, theme]);
  return <div ref={place} className="write-chart" aria-hidden="true" />;
}

/** Every second of the window has a place; where nothing was reported both values are null, drawn as a gap. */
function seconds(points: readonly WritePoint[], fromMs: number, untilMs: number): uPlot.AlignedData {
  const bySecond = new Map(points.map((point) => [Math.floor(point.atMs / 1_000), point]));
  const times: number[] = [];
  const succeeded: (number | null)[] = [];
  const failed: (number | null)[] = [];
  for (let second = Math.floor(fromMs / 1_000); second <= Math.floor(untilMs / 1_000); second += 1) {
    const point = bySecond.get(second);
    times.push(second);
    succeeded.push(point?.succeeded ?? null);
    failed.push(point === undefined || point.failed === 0 ? null : point.failed);
  }
  return [times, succeeded, failed];
}

function optionsFor(element: HTMLElement, theme: 'light' | 'dark'): uPlot.Options {
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--soft'),
    font: `11px ${colour('--font')}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const bars = uPlot.paths.bars?.({ size: [1, 4] });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    class: theme,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 0, 0, 0],
    scales: { x: { time: true }, y: { range: (_chart, _low, high) => [0, Math.max(5, Math.ceil(high * 1.15))] } },
    axes: [
      {
        ...axis,
        size: 26,
        space: 70,
        values: (_chart, splits) => splits.map((second) => minuteFormat.format(second * 1_000)),
      },
      { ...axis, size: 36, space: 40 },
    ],
    series: [
      {},
      { stroke: colour('--ok'), width: 1.5, fill: colour('--ok-bg'), points: { show: false }, spanGaps: false },
      {
        stroke: colour('--for'),
        fill: `${colour('--for')}a0`,
        width: 0,
        points: { show: false },
        ...(bars === undefined ? {} : { paths: bars }),
      },
    ],
  };
}

const minuteFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

function useTheme(): 'light' | 'dark' {
  const [isDark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setDark(media.matches);
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);
  return isDark ? 'dark' : 'light';
}
