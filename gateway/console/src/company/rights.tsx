// The rights of one person, a line for each feature (R115 to R120), and the box
// for who may allow assistance.
import { Checkbox, NativeSelect, Stack, Text } from "@mantine/core";
import { useWords, type Key } from "../words/words";
import { levels, products, useFeatures, useLabel, type Level, type Right } from "./features";

export type Lines = Record<string, Level>;

// approver is Aval's own rights that the box stands for.
const approver: Right[] = [
  { feature: "aval/assistance", level: "LEVEL_GUEST" }, { feature: "aval/consent.approve", level: "LEVEL_APPROVER" },
];

export const linesOf = (rights: Right[]): Lines => Object.fromEntries(rights.map((one) => [one.feature, one.level]));

export const rightsOf = (lines: Lines): Right[] =>
  Object.entries(lines).map(([feature, level]) => ({ feature, level })).filter((one) => one.level !== "LEVEL_UNSPECIFIED");

type Props = { lines: Lines; change: (lines: Lines) => void; disabled?: boolean };

export function Rights({ lines, change, disabled }: Props) {
  const { t } = useWords();
  const features = products(useFeatures().data);
  const label = useLabel();
  return (
    <fieldset className="lines" disabled={disabled}>
      <legend>{t("member.rights")}</legend>
      <Text size="sm" c="dimmed">{t("member.rights.hint")}</Text>
      {features.map((one) => (
        <NativeSelect
          key={one.path} label={label(one.path)} className={one.path.includes("/") ? "child" : undefined} value={lines[one.path] ?? "LEVEL_UNSPECIFIED"}
          onChange={(event) => change({ ...lines, [one.path]: event.currentTarget.value as Level })}
          data={["LEVEL_UNSPECIFIED" as Level, ...levels].map((level) => ({ value: level, label: nameOf(t, one.path, level) }))}
        />
      ))}
      <Approver lines={lines} change={change} />
    </fieldset>
  );
}

// nameOf: no line is what the line above says, or nothing.
function nameOf(t: (key: Key) => string, path: string, level: Level): string {
  if (level !== "LEVEL_UNSPECIFIED") {
    return t(`level.${level}` as Key);
  }
  return t(path.includes("/") ? "member.inherit" : "sheet.no_line");
}

function Approver({ lines, change }: Props) {
  const { t } = useWords();
  const held = lines["aval/consent.approve"] === "LEVEL_APPROVER";
  const toggle = () => change(held
    ? Object.fromEntries(Object.entries(lines).filter(([path]) => !approver.some((one) => one.feature === path)))
    : { ...lines, ...linesOf(approver) });
  return (
    <Stack gap={0} mt="sm">
      <Checkbox checked={held} onChange={toggle} label={t("member.approver")} description={t("member.approver.hint")} />
    </Stack>
  );
}
