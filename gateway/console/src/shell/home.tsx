// The first screen is the one that the role works in.
import { Navigate } from "@tanstack/react-router";
import { spacesOf } from "./places";
import { useWho } from "./who";

export function Home() {
  const places = spacesOf(useWho().data?.here).flatMap((space) => space.places);
  const first = places.find((place) => place.to === "/dossiers") ?? places.find((place) => place.to !== undefined);
  return first?.to ? <Navigate to={first.to} replace /> : null;
}
