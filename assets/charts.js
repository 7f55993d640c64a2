// <div data-chart="bar|line" data-source="id of a <script type=application/json>"> is drawn; a point opens its list.
// With data-address="/….json" instead of data-source the numbers are fetched.
//
// The data: {"categories": [...], "series": [{"name", "values": [...], "links": [...]}], "unit": "%", "horizontal": false}
// "within": the second series is drawn inside the first, which is an outline. "notes": what is written beside each bar; a line has its
// numbers at both ends, and at every point where it is alone and short. So a chart is read in black and white, and on paper.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const OUTLINE = { itemStyle: { color: "#f1f3f6", borderColor: "#64748b", borderWidth: 1 } };
const MARKS = ["circle", "rect", "triangle", "diamond", "roundRect"]; // told apart where there is no colour
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 6]];
const COLOURS = ["#b3261e", "#64748b", "#d08b2c", "#2f6f73", "#8a5a83"];

const BESIDE_EVERY_POINT = { wide: 16, narrow: 6 };
const LONG = 36; // points; not each of them has a mark to which a number could be put

// Beside a bar its note; along a line the numbers that have room.
function numbers(kind, data, place, room) {
  const words = { show: true, color: "#334155" };
  const values = data.series[place].values;
  if (kind === "bar") {
    return data.notes && place === 0 ? { label: { ...words, position: "right", formatter: (point) => data.notes[point.dataIndex] } } : {};
  }
  const known = values.flatMap((value, index) => (value == null ? [] : [index]));
  const told = data.series.length === 1 && known.length <= BESIDE_EVERY_POINT[room] ? known : [known.at(0), known.at(-1)];
  return {
    ...(known.length > LONG ? { endLabel: { ...words, formatter: () => `${values[known.at(-1)]}` } } : {}),
    label: { ...words, position: "top", formatter: (point) => (told.includes(point.dataIndex) ? `${values[point.dataIndex]}` : "") },
    labelLayout: { hideOverlap: true },
  };
}

// A group of few people has a note and no number.
function isTold(data, index) {
  return !data.notes || data.series[0].values[index] != null;
}

async function draw(element) {
  if (element.dataset.address) {
    if (element.dataset.drawn === element.dataset.address) return;
    element.dataset.drawn = element.dataset.address;
    const response = await fetch(element.dataset.address, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    drawWith(element, await response.json());
  } else {
    drawWith(element, JSON.parse(document.getElementById(element.dataset.source).textContent));
  }
}

function drawWith(element, data) {
  const kind = element.dataset.chart;
  const narrow = element.clientWidth < 480;
  const unit = data.unit ?? "";
  const categories = { type: "category", data: data.categories, axisLabel: { color: "#475569", hideOverlap: true }, axisTick: { show: false } };
  const values = { type: "value", axisLabel: { color: "#475569", hideOverlap: true, formatter: `{value}${unit}` }, splitLine: { lineStyle: { color: "#e2e8f0" } }, splitNumber: narrow && data.horizontal ? 2 : 5, minInterval: unit === "%" ? 0 : 1 };
  if (data.horizontal) {
    categories.inverse = true;
    categories.axisLabel = { ...categories.axisLabel, hideOverlap: false, interval: 0, width: narrow ? 96 : 150, overflow: "truncate" };
    element.style.height = `${Math.max(160, 48 + data.categories.length * 26)}px`;
    echarts.getInstanceByDom(element)?.resize();
  }
  const chart = echarts.getInstanceByDom(element) ?? echarts.init(element, null, { renderer: "svg" });
  chart.setOption({
    aria: { enabled: true },
    animation: false,
    color: COLOURS,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: data.within ? (narrow ? 96 : 120) : data.notes || data.categories.length > LONG ? 48 : 24, top: data.series.length > 1 ? 36 : kind === "line" ? 24 : 12, bottom: 8, containLabel: true },
    legend: { show: data.series.length > 1, top: 0, left: 0, ...(kind === "bar" ? { icon: "roundRect" } : { itemWidth: 36 }) }, // a line's own mark and dash
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (value, index) => (value == null ? "—" : isTold(data, index) ? `${value}${unit}` : data.notes[index]) },
    xAxis: data.horizontal ? values : categories,
    yAxis: data.horizontal ? categories : values,
    series: data.series.map((each, place) => ({
      ...(data.within && place === 0 ? OUTLINE : {}),
      ...numbers(kind, data, place, narrow ? "narrow" : "wide"),
      ...(data.within && place === 1 ? { barGap: "-100%" } : {}),
      name: each.name,
      type: kind,
      data: kind === "bar" && data.notes ? each.values.map((value) => value ?? 0) : each.values, // its note stands at the foot
      barMaxWidth: 22,
      symbolSize: 7,
      ...(kind === "line" && data.series.length > 1
        ? { symbol: MARKS[place % MARKS.length], lineStyle: { type: DASHES[place % DASHES.length] } }
        : {}),
      ...(kind === "line" ? { showAllSymbol: "auto", connectNulls: false } : {}),
      cursor: each.links ? "pointer" : "default",
    })),
  });
  chart.off("click");
  chart.on("click", (point) => {
    const link = data.series[point.seriesIndex].links?.[point.dataIndex];
    if (link) window.location.href = link;
  });
}

function drawAll(root) {
  for (const element of root.querySelectorAll("[data-chart]")) draw(element);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => drawAll(document));
else drawAll(document);
document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
window.addEventListener("resize", () => {
  for (const element of document.querySelectorAll("[data-chart]")) echarts.getInstanceByDom(element)?.resize();
});
