"""The baselines and updates of Walsall's markers of success, told in our own words around the published figures."""

from __future__ import annotations

# By the number of the marker: what was so before, and the updates of the first and the second quarter of 2021-22.
TEXTS: dict[str, tuple[str, str, str]] = {
    "8": (
        "A regional survey found that 65% of people want to be more active. In Walsall 62% of primary school "
        "travel was active in the academic year 2020/2021 (national: 47%), and walking among primary pupils in "
        "Walsall stood at 60% (national: 46%). Over 22,000 pupils took part in the Walk to School week; 35 "
        "schools have a walk zone and 5 primary schools a walking bus.",
        "240 children were trained to Bikeability levels 1 and 2, and 12 secondary students to level 3. On the "
        "canal the number of users a day was 89 before lockdown and 226 after lockdown, an increase of 154% "
        "over the last 12 months.",
        "Two street projects were finished. The shared cycleway on Lichfield Road is 50% complete. Cycle hire "
        "was promoted.",
    ),
    "9": (
        "Three ideas only so far: the budget of two staff contracts, completion by agency workers, social value.",
        "Spare training places in a children's contract were given to adult social care staff.",
        "The spend board looks at local spend now, and adult care adopts an approach that builds on strengths.",
    ),
    "10": (
        "Proposed only: to keep within the HR budget.",
        "Recruitment of apprentice social workers was supported. In June 2021 the HR underspend was £25k.",
        "The underspend of Resources and Transformation (R&T) is £260k in Qtr 2, after £180k in Qtr 1.",
    ),
    "11": (
        "No data yet: it waits for an old system to close, and for the report on what was learned.",
        "Payroll moved to the new system on 5th July 2021. A support function was set up and two directors were "
        "recruited.",
        "Payroll is in use and staff are trained; its data now feeds the forecasts of budget holders.",
    ),
    "12": (
        "The baseline comes from services as portals are built.",
        "Phase 1 of the customer system is due in September 2021. Sessions were held to find out what is needed.",
        "A partner was appointed. 80 processes were reviewed, of which approximately 50% are in digital "
        "development. The first set goes live before the end of 2021.",
    ),
    "13": (
        "Children in good and outstanding schools were 74% at 31st March 2021 (region: 82%, national: 84%). At "
        "the same day NEET aged 16 to 18 was 1.4% and destination unknown 1.5%, in total NEET and unknown were "
        "2.9%, against 3.9% in the Black Country.\n"
        "Exclusions in 2019-20: primary fixed 0.53% (142), primary permanent 0.04% (10), secondary fixed 2.63% "
        "(468), secondary permanent 0.20% (36).",
        "At 30th June 2021 children in good and outstanding schools stayed at 74%. NEET among 16 to 18 year "
        "olds was 1.4%, destination unknown 1.3%; the total of NEET and unknown went down to 2.6%.\n"
        "Exclusions in the 2020-21 academic year up to 30th June 2021: primary fixed fell to 0.28% (74) and "
        "primary permanent to 0.03% (8); secondary fixed rose to 3.02% (551), secondary permanent fell to 0.19% "
        "(34).",
        "The share of children in good and outstanding schools is 74% as at 30/09/2021. In July 2021 NEET was "
        "1.4% and destination unknown 1.3%, with a total of NEET and unknown of 2.7%.\n"
        "Over the whole of 2020-21 primary fixed exclusions came to 0.32% (84), primary permanent exclusions to "
        "0.03% (8), secondary fixed exclusions to 3.18% (581); secondary permanent exclusions remained at 0.20% "
        "(36).",
    ),
    "14": (
        "At 31st March 57.8% of care leavers were in education, employment or training (elsewhere: 50.0%). From "
        "January 2020 to December 2020 19.7% of EHC assessments were completed in 20 weeks. 93.2% of children "
        "in care had up to date health assessments at 31st March.",
        "Care leavers in education, employment or training fell slightly to 54.6% at 30th June. EHC assessments "
        "in 20 weeks improved to 37.4% between 01st July 2020 and 31st June 2021. Children in care with up to "
        "date health assessments: 90.0%, a small fall.",
        "By 30/09/2021 the share of care leavers in education, employment or training was back at 56.3%. "
        "Between 01/10/2020 and 30/09/2021 40.7% of EHC assessments were finished in 20 weeks.",
    ),
    "15": (
        "Between 01/04/2020 and 31/03/2021 89.0% of early help contacts were dealt with on time, and 83.5% of "
        "social care contacts within 48 hours.",
        "Early help contacts on time dipped to 87.6% from 01/07/2020 to 30/06/2021, social care contacts in 48 "
        "hours to 82.9%. More families come to the front door.",
        "To 31/08/2021 early help contacts on time stood at 87.6%, social care contacts in 48 hours at 82.8%.",
    ),
    "16": (
        "From 01/04/2020 to 31/03/2021: social care contacts leading to a referral 30.0%, social care "
        "assessments in 45 days 90.2%, children contributing to CP conferences 94.0%, children contributing to "
        "LAC reviews 97.0%. Children entering care were 24.2 per 10,000 0-17 (167). 233 children went missing. "
        "First time entrants to youth justice were 180 per 100,000 10-17 (53).",
        "Social care contacts that led to a referral dipped to 27.0%. Social care assessments done in 45 days "
        "rose to 91.5%, children who contributed to CP conferences to 95.5%, while children contributing to a "
        "LAC review fell to 96.2%. The rate of children entering care came down to 21.6 per 10,000 0-17 (149). "
        "Children going missing: 305. First time entrants to youth justice rose to 207 per 100,000 10-17 (61).",
        "25.8% of social care contacts led to a referral. 89.1% of social care assessments were done in 45 "
        "days. Children contributed to 96.2% of CP conferences and to 97.3% of LAC reviews. Children entering "
        "care were 23.3 per 10,000 0-17 (162). The number of children going missing was 299. There were 179.9 "
        "first time entrants per 100,000 10-17 (54).",
    ),
    "17": (
        "850 people were in long stay, residential or nursing placements at the end of May.",
        "At the end of June 2021 there were 848 people in long stay, residential or nursing placements.",
        "People in long stay, residential and nursing placements: 835 at the end of September 2021.",
    ),
    "18": (
        "2497 contacts were signposted to the voluntary sector in the year. The share of housing was not recorded.",
        "703 contacts were signposted in quarter 1.",
        "In quarter 2, 659 contacts were signposted.",
    ),
    "19": (
        "Three counts are named, and none has a value yet.",
        "14 champion organisations bring over 100 champions. Up to 27th July 2021, 1,276 people were "
        "vaccinated. The vaccination bus was deployed 77 times, at 38 deployment locations. Last quarter 12 "
        "language provisions ran, with over 130 learners this quarter.",
        "The vaccination bus has been deployed over 150 times. 9 sharing sessions of champions were held. Most "
        "culture was online.",
    ),
    "20": (
        "Placeholders stand for litter picks, street cleans and fly tips.",
        "Nothing reported.",
        "A strategy for the street scene goes to Cabinet in December, and a system of audits is being set up.",
    ),
}
